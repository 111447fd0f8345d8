"""Small pictures, hundreds of which fit into one page."""

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from advspace.box import GREY_LEVELS
from advspace.distortion import amplified
from advspace.shapes import Image as Pixels

SIDE = 112
"""Longest side of a picture in the file, pixels."""
SHOWN = 84
"""Longest side of a picture in a table, CSS pixels; small pictures are enlarged by an integer."""
LARGE = 168
"""The same of a picture of a chart; in the file it has as many pixels."""


@dataclass(frozen=True)
class Pictures:
    """An attack in three pictures, as data URIs.

    Args:
        original: The image.
        distortion: The distortion around mid-grey, amplified.
        adversarial: The adversarial.
        gain: Amplification of the distortion.
        width: Width of each picture on the page, CSS pixels.
        height: Height of each picture on the page, CSS pixels.
        pixelated: Whether pixels are enlarged without interpolation.
    """

    original: str
    distortion: str
    adversarial: str
    gain: float
    width: int
    height: int
    pixelated: bool


def pictures(pair: dict[str, torch.Tensor]) -> Pictures:
    """Make an attack's pictures from its `image` and `adversarial`."""
    height, width = pair["image"].shape[1:]
    distortion, gain = amplified(pair["adversarial"] - pair["image"])
    times = max(SHOWN // max(height, width), 1) if max(height, width) <= SHOWN else SHOWN / max(height, width)
    return Pictures(
        original=data_uri(pair["image"]),
        distortion=data_uri(distortion),
        adversarial=data_uri(pair["adversarial"]),
        gain=gain,
        width=max(round(width * times), 1),
        height=max(round(height * times), 1),
        pixelated=times >= 2,
    )


def data_uri(image: Pixels) -> str:
    """An image as a data URI: lossless if it is small, else resized and compressed."""
    pixels = image.permute(1, 2, 0).numpy()
    return data_uri_of(pixels if pixels.shape[2] == 3 else pixels[..., 0])


def data_uri_of(pixels: NDArray[Any], side: int = SIDE) -> str:
    """An array [height, width] or [height, width, 3] as a data URI, with at most `side` pixels on its longest side."""
    from PIL import Image

    levels = (np.clip(pixels, 0, 1) * GREY_LEVELS).round().astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(levels))
    content = BytesIO()
    if max(picture.size) <= SIDE // 2:
        picture.save(content, "PNG", optimize=True)
        return _uri("png", content)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture.save(content, "WEBP", quality=80)
    return _uri("webp", content)


def _uri(kind: str, content: BytesIO) -> str:
    return f"data:image/{kind};base64,{b64encode(content.getvalue()).decode()}"
