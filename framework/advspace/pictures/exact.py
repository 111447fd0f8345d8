"""Read the numbers of a lossless picture exactly, or refuse it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advspace.pictures.deep_png import read_deep_png
from advspace.pictures.open import opened
from advspace.pictures.plain_numbers import read_numbers
from advspace.pictures.sample_type import DEEPEST, PHOTOMETRIC, WHITES, SampleType
from advspace.pictures.upright import upright

if TYPE_CHECKING:
    from PIL.Image import Image

LOSSLESS = ("BMP", "DIB", "PNG", "PPM", "TIFF")
LOSSY = ("jpeg", "tiff_jpeg", "webp")
"""Compressions of TIFF, as PIL calls them."""
MODES = frozenset(("1", "L", "LA", "P", "PA", "RGB", "RGBA", "I", "I;16", "I;16B", "I;16L", "F"))
COARSE = (";15", ";16", ";4B")
"""Fewer than 8 bits for a colour (BMP): PIL rounds them."""
GREY_LEVELS = 255


def read_exact(path: Path) -> Any:
    """Read a BMP, PNG, PPM (PBM, PGM, PFM) or TIFF; the content decides, not the name.

    Args:
        path: The file.

    Returns:
        float32 `[height, width]` if it is grey, else `[height, width, 3]`, upright.  0 is black, 1 is white; the
        numbers of a file of floats are as they are.

    Raises:
        PictureError: the file cannot be read, or its numbers cannot be read exactly: it is lossy, transparent in
            places, several pictures, not grey or RGB, or of whole numbers that do not say what white is.
    """
    with opened(path) as picture:
        _check_kind(picture)
        sample = SampleType.of(picture)
        if sample.deep_colour:
            if picture.format != "PNG":
                raise ValueError(f"16 bits for each colour are read from PNG and PPM, not from {picture.format}")
            return _opaque(read_deep_png(path, picture), DEEPEST)
        if sample.white not in (None, GREY_LEVELS):
            return read_numbers(path, picture, sample)
        picture.load()
        return _values(upright(picture), sample.raw)


def _check_kind(picture: "Image") -> None:
    if picture.format not in LOSSLESS:
        raise ValueError(f"its content is {picture.format}, which does not keep pixels exactly")
    if picture.info.get("compression") in LOSSY:
        raise ValueError(f"its compression is {picture.info['compression']}, which does not keep pixels exactly")
    if getattr(picture, "n_frames", 1) > 1:
        raise ValueError(f"it holds {picture.n_frames} pictures; save each as a file")  # type: ignore[attr-defined]
    tags = getattr(picture, "tag_v2", {})
    if picture.mode not in MODES or tags.get(PHOTOMETRIC, 0) > 3:
        raise ValueError(f"its colours are {picture.mode}, not grey or RGB")


def _values(picture: "Image", raw: str) -> Any:
    """The numbers of a loaded picture as float32."""
    if picture.mode == "F":
        if picture.info.get("scale", 1) != 1:
            raise ValueError(f"its floats are scaled by {picture.info['scale']:g}")
        return np.array(picture, np.float32)
    if picture.mode.startswith("I"):
        return _grey(picture, raw)
    if any(bits in raw for bits in COARSE):
        raise ValueError("it has fewer than 8 bits for each colour")
    if picture.has_transparency_data and picture.convert("RGBA").getchannel("A").getextrema()[0] != GREY_LEVELS:
        raise ValueError("it is transparent in places")
    grey = picture.mode in ("1", "L", "LA")
    return _scaled(picture.convert("L" if grey else "RGB"), GREY_LEVELS)


def _grey(picture: "Image", raw: str) -> Any:
    white = WHITES.get(raw)
    if white is None:
        raise ValueError("its pixels are signed or 32-bit integers, which do not say what white is")
    values = _scaled(picture, white)
    key = picture.info.get("transparency")
    if key is not None and bool((values == np.float32(key) / np.float32(white)).any()):
        raise ValueError("it is transparent in places")
    return values


def _opaque(values: Any, white: int) -> Any:
    """Colours without the opacity, which must be complete; `[height, width]` if they are grey."""
    channels = values.shape[-1]
    if channels in (2, 4):
        if bool((values[..., -1] != white).any()):
            raise ValueError("it is transparent in places")
        values = values[..., :-1]
    return _scaled(values[..., 0] if channels == 2 else values, white)


def _scaled(values: Any, white: int) -> Any:
    result = np.array(values, np.float32)
    result /= np.float32(white)
    return result
