"""PPM and PGM whose white is not 255.  PIL rounds their numbers, so they are read from the file."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advspace.pictures.sample_type import SampleType

if TYPE_CHECKING:
    from PIL.Image import Image


def read_numbers(path: Path, picture: "Image", sample: SampleType) -> Any:
    """Read the numbers after the header, which PIL has read.

    Args:
        path: The file.
        picture: The same, open.
        sample: How it stores its numbers; `white` is known.

    Returns:
        float32 `[height, width]` or `[height, width, 3]`: each number divided by `white`.

    Raises:
        ValueError: there are fewer numbers than pixels, or one is larger than white.
    """
    shape = (picture.height, picture.width, *((3,) if picture.mode == "RGB" else ()))
    white, count = int(sample.white or 0), math.prod(shape)
    with path.open("rb") as file:
        file.seek(picture.tile[0][2])  # type: ignore[attr-defined]
        values: Any = (
            np.array(file.read().split(maxsplit=count)[:count], np.int64)
            if sample.codec == "ppm_plain"
            else np.frombuffer(file.read(count * (2 if white > 255 else 1)), ">u2" if white > 255 else np.uint8)
        )
    if len(values) != count or values.max() > white or values.min() < 0:
        raise ValueError(
            f"it must have {count} numbers 0 ... {white}, got {len(values)}, the largest {values.max(initial=0)}"
        )
    return values.reshape(shape).astype(np.float32) / np.float32(white)
