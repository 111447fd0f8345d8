"""Read one picture file as 8-bit RGB, upright."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advspace.pictures.deep_png import read_deep_png
from advspace.pictures.open import opened
from advspace.pictures.sample_type import DEEPEST, WHITES, SampleType
from advspace.pictures.upright import upright

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 100
"""Largest ratio of a picture's sides: to resize a thinner one would take gigabytes."""


def read_picture(path: Path) -> "Image":
    """Read a picture as 8-bit RGB.

    Grey, palette and CMYK pictures are converted; 16 bits are rounded to 8 (16 bits of colour in a TIFF: cut to 8);
    transparent pixels become white, as on a page; EXIF rotation is applied; only the first frame is read.  Colour
    profiles are not applied, because the networks were trained without them.

    Args:
        path: The file.

    Raises:
        PictureError: the file cannot be read, is empty, truncated or not a picture, is too large to be safe
            (`advspace.pictures.limit`), or is too thin.
    """
    with opened(path) as picture:
        _check_proportions(*picture.size)
        sample = SampleType.of(picture)
        if sample.deep_colour and picture.format == "PNG":
            return _rgb(_eight_bits(read_deep_png(path, picture), DEEPEST), sample.raw)
        picture.load()
        return _rgb(upright(picture), sample.raw)


def _check_proportions(width: int, height: int) -> None:
    if max(width, height) > LONGEST * min(width, height):
        raise ValueError(f"it is {width} x {height} pixels, more than {LONGEST} times longer than wide")


def _rgb(picture: "Image", raw: str) -> "Image":
    from PIL import Image

    if picture.mode.startswith("I"):
        return _eight_bits(np.asarray(picture), WHITES.get(raw, DEEPEST)).convert("RGB")
    if picture.mode == "F":
        raise ValueError("its pixels are floats of an unknown range")
    if picture.has_transparency_data:
        page = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(page, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _eight_bits(values: Any, white: int) -> "Image":
    from PIL import Image

    if values.min() < 0 or values.max() > DEEPEST:
        raise ValueError(f"its pixels are {values.min()} ... {values.max()}, beyond 16 bits")
    return Image.fromarray((values * (255 / white)).round().astype(np.uint8))
