"""How a picture of any size is resized and cropped to the input of a model."""

from dataclasses import dataclass

from advspace.checks import above, at_least, one_of

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")
MODES = ("center", "squash", "border")


@dataclass(frozen=True)
class Preparation:
    """Resize and crop a picture when it is loaded.  The attack works on the pixels of the result.

    Args:
        height: Height of the result, in pixels.
        width: Width of the result, in pixels.
        crop: Side of the result divided by the side of the resized picture; 0.875 resizes to 256 for a result of 224.
        interpolation: Method of resizing.
        mode: `center` keeps the proportions and crops the center; `squash` does not keep the proportions; `border`
            fits the whole picture in and fills the rest with black.

    Source: the data configs of timm's pretrained models.
    """

    height: int
    width: int
    crop: float = 0.875
    interpolation: str = "bicubic"
    mode: str = "center"

    def __post_init__(self) -> None:
        at_least("height", self.height, 1)
        at_least("width", self.width, 1)
        above("crop", self.crop, 0)
        one_of("interpolation", self.interpolation, INTERPOLATIONS)
        one_of("mode", self.mode, MODES)
