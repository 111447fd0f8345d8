"""Turn a picture as its EXIF block or XMP says, so that it is as people see it."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

ORIENTATION = 274
TURNS: dict[int, Callable[[Any], Any]] = {
    2: np.fliplr,
    3: lambda values: np.rot90(values, 2),
    4: np.flipud,
    5: lambda values: values.swapaxes(0, 1),
    6: lambda values: np.rot90(values, -1),
    7: lambda values: np.rot90(values, 2).swapaxes(0, 1),
    8: np.rot90,
}
"""What turns the stored rows and columns upright, for each orientation (Exif 2.3, tag 274)."""


def upright(picture: "Image") -> "Image":
    """The loaded picture, turned; as it is if its metadata is damaged."""
    from PIL import ImageOps

    with contextlib.suppress(Exception):  # a damaged EXIF block does not damage the picture
        ImageOps.exif_transpose(picture, in_place=True)
    return picture


def turned(values: Any, picture: "Image") -> Any:
    """Numbers `[height, width, ...]` of a picture that were read without PIL, turned.

    Args:
        values: The numbers as stored.
        picture: The picture, for its metadata.
    """
    try:
        orientation = picture.getexif().get(ORIENTATION)
    except Exception:  # a damaged EXIF block does not damage the picture
        return values
    return TURNS[orientation](values) if orientation in TURNS else values
