"""The stop rule: which point on the line through image and adversarial is probed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from advspace.attack.overshoot import distance, multiple
from advspace.box import clip
from advspace.checks import above, at_least, one_of
from advspace.shapes import Flags, Images, PerImage

UNMOVED = ("given", "algorithm1")
"""Rules that do not move an adversarial; the second is the paper's name."""
STOPS = (*UNMOVED, "tight", "overshoot")
HALVINGS = 60
FINE = 1e-3
"""Precision of the boundary distance for `overshoot`, as a share of the depth."""
Scores = Callable[[Images], PerImage]
"""A score of one point per image, in logits, positive where the point reaches its goal; without gradients."""


class Tightened(NamedTuple):
    """Images on the boundary.

    Args:
        image: The images; those that did not reach their goal as they were given.
        reached: Whether the given images reached it.
        forwards: Scores that each image needed.
    """

    image: Images
    reached: Flags
    forwards: PerImage


class Moved(NamedTuple):
    """Images that a stop rule has moved.

    Args:
        image: The images.
        boundary: Euclidean distance of the boundary on each segment, in double precision; NaN where nothing was moved.
        forwards: Scores that each image needed; others only filled the batch.
    """

    image: Images
    boundary: PerImage
    forwards: PerImage


@dataclass(frozen=True)
class Stop:
    """The stop rule of an attack.

    Args:
        rule: `given` and `algorithm1`: the attack's own result; `tight`: the boundary on the segment back to the image;
            `overshoot`: a share of the boundary distance beyond the boundary.
        tolerance: Largest score (in logits) of a `tight` adversarial, > 0.
        overshoot: Share of the boundary distance that `overshoot` goes beyond the boundary, >= 0.  An image lies less
            deep if the box is too small, and on the boundary if its region ends before.

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
        """Whether the rule moves adversarials."""
        return self.rule not in UNMOVED

    @property
    def beyond(self) -> float:
        """Share of the boundary distance that the rule goes beyond the boundary; 0 for other rules."""
        return self.overshoot if self.rule == "overshoot" else 0.0

    @property
    def settings(self) -> dict[str, Any]:
        """The rule as in the config of an attack."""
        return {"stop": self.rule, "tolerance": self.tolerance, "overshoot": self.overshoot}

    def changed(
        self, stop: str | None = None, tolerance: float | None = None, overshoot: float | None = None
    ) -> "Stop":
        """The same rule with other settings, under their names in a config; None keeps a setting.

        Raises:
            AdvspaceError: a setting is out of its range.
        """
        return Stop(
            self.rule if stop is None else stop,
            self.tolerance if tolerance is None else tolerance,
            self.overshoot if overshoot is None else overshoot,
        )

    def apply(self, image: Images, adversarial: Images, score_at: Scores) -> Moved:
        """Move adversarials as the rule says; images that do not reach their goal stay as they are.

        Args:
            image: Clean images.
            adversarial: Adversarial images of the attack.
            score_at: Positive where an image reaches its goal.
        """
        unknown = torch.full_like(distance(image, adversarial), torch.nan)
        if not self.moves:
            return Moved(adversarial, unknown, torch.zeros_like(unknown, dtype=torch.float32))
        boundary, reached, forwards = tighten(image, adversarial, score_at, self.tolerance, FINE * self.beyond or 1.0)
        moved = boundary
        if self.beyond:
            beyond = along(image, boundary, multiple(image, boundary, self.beyond).to(image.dtype))
            moved = torch.where((score_at(beyond) > 0)[:, None, None, None], beyond, boundary)
            forwards = forwards + reached
        return Moved(
            torch.where(reached[:, None, None, None], moved, adversarial),
            torch.where(reached, distance(image, boundary), unknown),
            forwards,
        )


def tighten(
    image: Images, adversarial: Images, score_at: Scores, tolerance: float, precision: float = 1.0
) -> Tightened:
    """Move back along each segment to the boundary, as far as the score stays positive.

    Args:
        image: Clean images, which do not reach their goal.
        adversarial: Images that reach it; others stay as they are.
        score_at: Positive where an image reaches its goal; a margin in logits.
        tolerance: Largest score of a result.
        precision: Largest error of a result's distance to the image, as a share of it.

    Returns:
        Points on the segments with scores in (0, tolerance], or as near to it as the number type allows.
    """
    won = score_at(adversarial)
    result, lead, reached = adversarial, won, won > 0
    low, high, forwards = torch.zeros_like(won), torch.ones_like(won), torch.ones_like(won, dtype=torch.float32)
    for _ in range(HALVINGS):
        live = reached & ((lead > tolerance) | (high - low > precision * high))
        if not bool(live.any()):
            break
        forwards = forwards + live
        middle = (low + high) / 2
        point = along(image, adversarial, middle)
        won = score_at(point)
        better = live & (won > 0)
        result, lead = torch.where(better[:, None, None, None], point, result), torch.where(better, won, lead)
        high, low = torch.where(better, middle, high), torch.where(live & ~better, middle, low)
    return Tightened(result, reached, forwards)


def along(image: Images, adversarial: Images, share: float | PerImage) -> Images:
    """The points at `share` of the way from images to adversarials, clipped to the box; beyond them for share > 1."""
    part = share[:, None, None, None] if isinstance(share, torch.Tensor) else share
    return clip(image + part * (adversarial - image))
