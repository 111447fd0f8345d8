"""Where on the way from the image to its adversarial the search stops: the second thing that decides a curve."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from advspace.box import clip
from advspace.shapes import Images, PerImage

STOPS = ("algorithm1", "tight", "overshoot")
HALVINGS = 60
Scores = Callable[[Images], PerImage]


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

    def apply(self, image: Images, adversarial: Images, score_at: Scores) -> Images:
        """Move adversarials to where the rule stops; images that do not reach their goal stay as they are.

        Args:
            image: Clean images.
            adversarial: What the attack found.
            score_at: Positive where an image reaches its goal.
        """
        if self.rule == "algorithm1":
            return adversarial
        reached = (score_at(adversarial) > 0)[:, None, None, None]
        moved = tighten(image, adversarial, score_at, self.tolerance)
        if self.rule == "overshoot":
            beyond = along(image, moved, 1 + self.overshoot)
            moved = torch.where((score_at(beyond) > 0)[:, None, None, None], beyond, moved)
        return torch.where(reached, moved, adversarial)


def tighten(image: Images, adversarial: Images, score_at: Scores, tolerance: float) -> Images:
    """Move back along each segment to the boundary, as far as the score stays positive.

    Args:
        image: Clean images, none of which reaches its goal.
        adversarial: Images that do; others stay as they are.
        score_at: Positive where an image reaches its goal; a margin in logits.
        tolerance: An image is done once its score is at most this.

    Returns:
        Points on the segments with scores in (0, tolerance], or the nearest to it that the number type can tell.
    """
    won = score_at(adversarial)
    result, live = adversarial, won > tolerance
    low, high = torch.zeros_like(won), torch.ones_like(won)
    for _ in range(HALVINGS):
        if not bool(live.any()):
            break
        middle = (low + high) / 2
        point = along(image, adversarial, middle)
        won = score_at(point)
        better = live & (won > 0)
        result = torch.where(better[:, None, None, None], point, result)
        high, low = torch.where(better, middle, high), torch.where(live & ~better, middle, low)
        live = live & ~(better & (won <= tolerance))
    return result


def along(image: Images, adversarial: Images, share: float | PerImage) -> Images:
    """The points `share` of the way from images to adversarials, held in the box; beyond them for share > 1."""
    part = share[:, None, None, None] if isinstance(share, torch.Tensor) else share
    return clip(image + part * (adversarial - image))
