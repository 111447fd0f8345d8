"""Resize and crop a picture of any size to the pixels that a model takes."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from advspace import Preparation
from advspace.shapes import Image

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


def prepare(picture: "Picture", preparation: Preparation) -> Image:
    """Resize and crop as timm does for evaluation.

    Args:
        picture: 8-bit RGB.
        preparation: Size, crop and interpolation.

    Returns:
        float32 [3, height, width] in the box.
    """
    pixels: Image = _transform(preparation)(picture).float() / 255
    return pixels


@cache
def _transform(preparation: Preparation) -> Callable[["Picture"], Any]:
    from timm.data.transforms_factory import create_transform

    transform: Callable[[Picture], Any] = create_transform(
        input_size=(3, preparation.height, preparation.width),
        interpolation=preparation.interpolation,
        crop_pct=preparation.crop,
        crop_mode=preparation.mode,
        mean=(0, 0, 0),  # the fill colour of crop mode `border`
        normalize=False,
    )
    return transform
