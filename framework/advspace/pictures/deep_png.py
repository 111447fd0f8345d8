"""PNG with 16 bits for each colour.  PIL keeps the upper 8 bits of them, so pypng reads the numbers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advspace.pictures.sample_type import DEEPEST
from advspace.pictures.upright import turned

if TYPE_CHECKING:
    from PIL.Image import Image


def read_deep_png(path: Path, picture: "Image") -> Any:
    """Read all 16 bits.

    Args:
        path: The file.
        picture: The same, open; for its metadata.

    Returns:
        uint16 `[height, width, channels]`: grey and opacity, three colours, or three colours and opacity; upright.

    Raises:
        png.Error: the file is damaged.
    """
    import png

    with path.open("rb") as file:
        width, height, rows, info = png.Reader(file=file).read()
        values = np.stack([np.asarray(row, np.uint16) for row in rows]).reshape(height, width, info["planes"])
    key = picture.info.get("transparency")
    if key is not None and info["planes"] == 3:
        seen = (values != np.asarray(key)).any(-1, keepdims=True)
        values = np.concatenate([values, seen * np.uint16(DEEPEST)], -1)
    return turned(values, picture)
