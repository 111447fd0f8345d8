"""Reasons why an image is not attacked, or why its attack failed; all attacks share them."""

import torch

from advspace.box import inside
from advspace.shapes import Flags, Images, Labels

SMALLEST, LARGEST = 1e-10, 1e12
"""Range of c in every search."""
NOT_FINITE = "the model's loss or gradient is NaN or infinite"
ALREADY = "the clean image reaches the goal already"
SAME = "the target is the label"
OUTSIDE = "the clean image is not inside the box"
NO_SLOPE = "the gradient of the loss is zero at the clean image"
OUT_OF_REACH = f"no c down to {SMALLEST:g} reaches the target"
NO_GREY_LEVELS = "no image of 256 grey levels was found that reaches the goal"


def refused(image: Images, label: Labels, target: Labels) -> list[str]:
    """Why each image is refused before any query; empty if it is not refused."""
    facts = zip(inside(image).tolist(), (label == target).tolist(), strict=True)
    return [SAME if same else "" if good else OUTSIDE for good, same in facts]


def accepted(reasons: list[str], image: Images) -> Flags:
    """Which images are not refused; on the device of `image`."""
    return torch.tensor([not reason for reason in reasons], dtype=torch.bool, device=image.device)


def clean_refusal(finite: bool, won: bool, slope: bool) -> str:
    """Why an image is refused after the query of the clean image; empty if it is not refused.

    Args:
        finite: Whether loss and gradient are finite.
        won: Whether the clean image reaches the goal already.
        slope: Whether the gradient is not zero.
    """
    if not finite:
        return NOT_FINITE
    if won:
        return ALREADY
    return "" if slope else NO_SLOPE
