"""Read one picture file as 8-bit RGB, upright."""

import contextlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 100
"""Largest ratio of a picture's sides: to resize a thinner one would take gigabytes."""
SIXTEEN_BITS = 2**16 - 1
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""Only these are tried, whatever the file's suffix: some of PIL's readers start programs."""


class PictureError(Exception):
    """A file that is not a complete picture; the text names the file and the reason."""


def read_picture(path: Path) -> "Image":
    """Read a picture as 8-bit RGB.

    Grey, palette and CMYK pictures are converted; 16 bits of grey are scaled to 8; transparent pixels become white, as
    on a page; EXIF rotation is applied; only the first frame is read.  Colour profiles are not applied, because the
    networks were trained without them.

    Args:
        path: The file.

    Raises:
        PictureError: the file cannot be read, is empty, truncated or not a picture, or is too large to be safe (PIL's
            `MAX_IMAGE_PIXELS`).
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings about odd metadata, which is common in photographs
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=FORMATS) as picture:
                _check_proportions(*picture.size)
                picture.load()
                return _rgb(_upright(picture))
        except Exception as error:  # PIL's readers raise anything on damaged files
            raise PictureError(f"{path} cannot be read ({_reason(path, error)})") from error


def _check_proportions(width: int, height: int) -> None:
    if max(width, height) > LONGEST * min(width, height):
        raise ValueError(f"it is {width} x {height} pixels, more than {LONGEST} times longer than wide")


def _upright(picture: "Image") -> "Image":
    from PIL import ImageOps

    with contextlib.suppress(Exception):  # a damaged EXIF block does not damage the picture
        ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _rgb(picture: "Image") -> "Image":
    from PIL import Image

    if picture.mode.startswith("I"):
        return _eight_bits(picture).convert("RGB")
    if picture.mode == "F":
        raise ValueError("its pixels are floats of an unknown range")
    if picture.has_transparency_data:
        page = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(page, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _eight_bits(picture: "Image") -> "Image":
    from PIL import Image

    grey = np.asarray(picture)
    if grey.min() < 0 or grey.max() > SIXTEEN_BITS:
        raise ValueError(f"its pixels are {grey.min()} ... {grey.max()}, beyond 16 bits")
    return Image.fromarray((grey * (255 / SIXTEEN_BITS)).round().astype(np.uint8))


def _reason(path: Path, error: Exception) -> str:
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return f"not a {', '.join(FORMATS[:-1])} or {FORMATS[-1]} picture" if path.stat().st_size else "it is empty"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
