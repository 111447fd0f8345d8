"""The box: the lowest and the highest value of a pixel."""

from advspace.shapes import Flags, Images, PerImage

LOW, HIGH = 0.0, 1.0
GREY_LEVELS = 255.0
CLIP = "clip"
POLICIES = (CLIP, "none")
"""Box policies for probes outside the box: clip them to it, as in the paper, or do not change them."""


def clip(images: Images) -> Images:
    """Move every pixel outside the box to the nearest end of the box."""
    return images.clamp(LOW, HIGH)


def rounded(images: Images) -> Images:
    """Round every pixel to the nearest of the 256 grey levels, as in a PNG."""
    return (images * GREY_LEVELS).round() / GREY_LEVELS


def inside(images: Images) -> Flags:
    """Whether every pixel of an image is in the box and not NaN; one flag per image."""
    return ((images >= LOW) & (images <= HIGH)).flatten(1).all(1)


def share_on_box(images: Images) -> PerImage:
    """Share of the pixels of each image that rest exactly on an end of the box."""
    return ((images <= LOW) | (images >= HIGH)).flatten(1).float().mean(1)
