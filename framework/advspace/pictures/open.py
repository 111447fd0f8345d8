"""Open a picture file of a raster format, whatever its name and its metadata are."""

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from advspace.pictures.limit import MAX_BYTES, MAX_PIXELS, check_pixels
from advspace.pictures.sample_type import check_sample_type

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""Only these are tried, whatever the file's suffix: some of PIL's readers start programs."""

GREY = ("1", "L", "I", "F")
"""First letters of PIL's grey modes (`LAB` counts as one of them)."""


class PictureError(Exception):
    """A file that is not a complete picture; the text names the file and the reason."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator["Image"]:
    """Open a picture; its pixels are not decoded yet.

    Errors while the picture is used become a `PictureError` too.

    Args:
        path: The file.

    Raises:
        PictureError: the file cannot be read, is empty, truncated or not a picture, has more than `MAX_PIXELS` pixels,
            or PIL would misread its numbers.
    """
    from PIL import Image

    with warnings.catch_warnings(), _long_texts():
        warnings.simplefilter("ignore")  # warnings about odd metadata, which is common in photographs
        try:
            with Image.open(path, formats=FORMATS) as picture:
                check_pixels(*picture.size)
                check_sample_type(picture)
                yield picture
        except Exception as error:  # PIL's readers raise anything on damaged files
            raise PictureError(f"{path} cannot be read ({_reason(path, error)})") from error


def values_of(path: Path) -> int:
    """Number of values of a picture, as its header says: one for each grey pixel, three for each coloured one.

    Raises:
        PictureError: as `opened`.
    """
    with opened(path) as picture:
        return picture.width * picture.height * (1 if picture.mode.startswith(GREY) else 3)


@contextlib.contextmanager
def _long_texts() -> Iterator[None]:
    """Let a PNG have texts and colour profiles up to our limit; PIL refuses the whole picture from 1 MiB on."""
    from PIL import PngImagePlugin

    before = PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = MAX_BYTES
    try:
        yield
    finally:
        PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = before


def _reason(path: Path, error: Exception) -> str:
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, Image.DecompressionBombError):
        return f"it has more than {MAX_PIXELS:,} pixels, which are refused"
    if isinstance(error, UnidentifiedImageError):
        return f"not a {', '.join(FORMATS[:-1])} or {FORMATS[-1]} picture" if path.stat().st_size else "it is empty"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
