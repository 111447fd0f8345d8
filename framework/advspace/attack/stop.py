"""Where on the line through the image and its adversarial it is probed: the second thing that decides a curve."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from advspace.box import clip
from advspace.checks import above, at_least, one_of
from advspace.shapes import Images, PerImage

UNMOVED = ("given", "algorithm1")
"""Rules that leave an adversarial where its attack ends; the second is the paper's name for it."""
STOPS = (*UNMOVED, "tight", "overshoot")
HALVINGS = 60
Scores = Callable[[Images], PerImage]
"""A score of one point per image, positive where it reaches its goal; in logits, without gradients."""


@dataclass(frozen=True)
class Stop:
    """Where an attack stops.

    Args:
        rule: `given` and `algorithm1`: where the attack ends; `tight`: then back along the segment to the boundary;
            `overshoot`: then a share of the distance beyond the boundary.
        tolerance: Largest score (in logits) of a `tight` adversarial, > 0.
        overshoot: Share of the boundary distance that `overshoot` goes beyond it, >= 0.

    Raises:
        AdvspaceError: a setting is out of its range.
    """

    rule: str = "given"
    tolerance: float = 1e-3
    overshoot: float = 0.05

    def __post_init__(self) -> None:
        one_of("stop", self.rule, STOPS)
        above("tolerance", self.tolerance, 0)
        at_least("overshoot", self.overshoot, 0)

    @property
    def moves(self) -> bool:
        """Whether the rule moves adversarials at all."""
        return self.rule not in UNMOVED

    @property
    def beyond(self) -> float:
        """Share of the boundary distance that the rule goes beyond it; 0 where it does not."""
        return self.overshoot if self.rule == "overshoot" else 0.0

    @property
    def settings(self) -> dict[str, Any]:
        """The rule as the config of an attack says it."""
        return {"stop": self.rule, "tolerance": self.tolerance, "overshoot": self.overshoot}

    def changed(
        self, stop: str | None = None, tolerance: float | None = None, overshoot: float | None = None
    ) -> "Stop":
        """The same with other settings, under their names in a config; None changes nothing.

        Raises:
            AdvspaceError: a setting is out of its range.
        """
        return Stop(
            self.rule if stop is None else stop,
            self.tolerance if tolerance is None else tolerance,
            self.overshoot if overshoot is None else overshoot,
        )

    def apply(self, image: Images, adversarial: Images, score_at: Scores) -> Images:
        """Move adversarials to where the rule stops; images that do not reach their goal stay as they are.

        Args:
            image: Clean images.
            adversarial: What the attack found.
            score_at: Positive where an image reaches its goal.
        """
        if not self.moves:
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
