"""Where on the way from the image to its adversarial the search stops: the second thing that decides a curve."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from advspace import margin
from advspace.box import clip
from advspace.shapes import Images, Labels, PerImage

STOPS = ("algorithm1", "tight", "overshoot")
HALVINGS = 60


@dataclass(frozen=True)
class Stop:
    """Where an attack stops.

    Args:
        rule: One of `STOPS`.
        tolerance: Largest margin of a `tight` adversarial.
        overshoot: Share of the boundary distance that `overshoot` goes beyond it.
    """

    rule: str
    tolerance: float
    overshoot: float

    def apply(self, model: nn.Module, image: Images, adversarial: Images, target: Labels) -> Images:
        """Move adversarials to where the rule stops; images that are not of the target class stay as they are."""

        def margin_at(point: Images) -> PerImage:
            with torch.no_grad():
                return margin(model(point), target)

        if self.rule == "algorithm1":
            return adversarial
        reached = (margin_at(adversarial) > 0)[:, None, None, None]
        moved = tighten(image, adversarial, margin_at, self.tolerance)
        if self.rule == "overshoot":
            moved = along(image, moved, 1 + self.overshoot)
        return torch.where(reached, moved, adversarial)


def tighten(image: Images, adversarial: Images, margin_at: Callable[[Images], PerImage], tolerance: float) -> Images:
    """Move back along each segment to the boundary, as far as the margin stays positive.

    Args:
        image: Clean images, none of the target class.
        adversarial: Images of the target class; others stay as they are.
        margin_at: Target logit minus the largest other, per image.
        tolerance: An image is done once its margin is at most this.

    Returns:
        Points on the segments with margins in (0, tolerance], or the nearest to it that the number type can tell.
    """
    won = margin_at(adversarial)
    found, live = adversarial, won > tolerance
    low, high = torch.zeros_like(won), torch.ones_like(won)
    for _ in range(HALVINGS):
        if not bool(live.any()):
            break
        middle = (low + high) / 2
        point = along(image, adversarial, middle)
        won = margin_at(point)
        better = live & (won > 0)
        found = torch.where(better[:, None, None, None], point, found)
        high, low = torch.where(better, middle, high), torch.where(live & ~better, middle, low)
        live = live & ~(better & (won <= tolerance))
    return found


def along(image: Images, adversarial: Images, share: float | PerImage) -> Images:
    """The points `share` of the way from images to adversarials, held in the box; beyond them for share > 1."""
    part = share[:, None, None, None] if isinstance(share, torch.Tensor) else share
    return clip(image + part * (adversarial - image))
