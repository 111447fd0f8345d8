"""How a picture of any size is brought to the pixels that a model sees."""

from dataclasses import dataclass

from advspace.checks import above, at_least, one_of

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")
MODES = ("center", "squash", "border")


@dataclass(frozen=True)
class Preparation:
    """Resize and crop, done when a picture is loaded: the attack's pixel space is what comes out.

    Args:
        height: Pixels of the result.
        width: Pixels of the result.
        crop: The result's share of the resized picture's side; 0.875 resizes to 256 for a result of 224.
        interpolation: How it is resized.
        mode: `center` keeps the proportions and cuts the middle, `squash` does not keep them, `border` fits the whole
            picture in and fills the rest with black.

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
