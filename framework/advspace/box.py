"""The box: the lowest and the highest value a pixel can have."""

from advspace.shapes import Flags, Images, PerImage

LOW, HIGH = 0.0, 1.0
GREY_LEVELS = 255.0
CLIP = "clip"
POLICIES = (CLIP, "none")
"""What becomes of probes outside the box: moved back into it, as in the paper, or left where the noise put them."""


def clip(images: Images) -> Images:
    """Move every pixel outside the box to its nearest end."""
    return images.clamp(LOW, HIGH)


def rounded(images: Images) -> Images:
    """Round every pixel to the nearest of the 256 grey levels, as saving as a PNG does."""
    return (images * GREY_LEVELS).round() / GREY_LEVELS


def inside(images: Images) -> Flags:
    """Tell for each image whether every pixel is a number within the box."""
    return ((images >= LOW) & (images <= HIGH)).flatten(1).all(1)


def share_on_box(images: Images) -> PerImage:
    """Share of the pixels of each image that rest exactly on an end of the box."""
    return ((images <= LOW) | (images >= HIGH)).flatten(1).float().mean(1)
