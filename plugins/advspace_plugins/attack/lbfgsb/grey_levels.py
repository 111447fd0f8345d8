"""Adversarials of 256 grey levels, found by a search among such images rather than by rounding."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from advspace.box import GREY_LEVELS, clip, rounded
from advspace.shapes import Flags, Images, PerImage

DEPTHS = ("none", "8bit")
GROWTH, GROWTHS, HALVINGS = 1.25, 32, 12
ROUNDS = 12
Scores = Callable[[Images, Flags], PerImage]
"""A score of one point per image, and which images need it."""
Slopes = Callable[[Images], Images]


@dataclass(frozen=True)
class Quantised:
    """The closest images of 256 grey levels so far.

    Args:
        image: The images; without meaning where none exists.
        exists: Whether there is one.
    """

    image: Images
    exists: Flags


def nearest(image: Images, adversarial: Images, score_at: Scores, slope_at: Slopes, overshoot: float) -> Quantised:
    """Find close images of 256 grey levels that reach the goal.

    If the score is linear, move the image by a multiple of the score's gradient and round it: this solves the
    Lagrangian of the integer problem, so only the multiple is searched.  If the score is curved, a few rounds turn the
    direction towards the gradient at the best image so far.  Then single grey levels are taken back as long as the goal
    is reached.

    Args:
        image: Clean images.
        adversarial: Unrounded images that reach the goal.
        score_at: Positive where an image reaches its goal.
        slope_at: Gradient of the sum of the scores.
        overshoot: Share of the distance by which the result is moved further, if it still reaches the goal.
    """
    direction = adversarial - image
    best, shift = _scaled(image, direction, score_at)
    path = shift
    for step in range(ROUNDS):
        slope = slope_at(torch.where(_column(best.exists), best.image, adversarial))
        shift = _turned(shift, slope, 1 / (2 + step))
        trial, scaled = _scaled(image, shift, score_at)
        better = trial.exists & (~best.exists | (_distance(trial.image, image) < _distance(best.image, image)))
        shift = torch.where(_column(trial.exists), scaled, shift)
        best, path = _either(better, trial, best), torch.where(_column(better), scaled, path)
    best = _either(best.exists, Quantised(_undone(image, best.image, score_at, slope_at), best.exists), best)
    beyond = rounded(clip(image + (1 + overshoot) * path))
    farther = best.exists & (score_at(beyond, best.exists & (overshoot > 0)) > 0) & (overshoot > 0)
    return _either(farther, Quantised(beyond, best.exists), best)


def _scaled(image: Images, shift: Images, score_at: Scores) -> tuple[Quantised, Images]:
    """The smallest multiple of `shift` that reaches the goal after rounding, and the shift of that size."""
    low, high = torch.zeros_like(shift[:, 0, 0, 0]), torch.ones_like(shift[:, 0, 0, 0])
    best = Quantised(image, torch.zeros_like(high, dtype=torch.bool))
    for _ in range(GROWTHS):
        trial, reached = _tried(image, shift, high, score_at, ~best.exists)
        best = _either(reached & ~best.exists, Quantised(trial, reached), best)
        if bool(best.exists.all()):
            break
        low, high = torch.where(best.exists, low, high), torch.where(best.exists, high, high * GROWTH)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        trial, reached = _tried(image, shift, middle, score_at, best.exists)
        best = _either(reached & best.exists, Quantised(trial, reached), best)
        low, high = torch.where(reached, low, middle), torch.where(reached, middle, high)
    return best, _column(high) * shift


def _tried(image: Images, shift: Images, size: PerImage, score_at: Scores, asked: Flags) -> tuple[Images, Flags]:
    trial = rounded(clip(image + _column(size) * shift))
    return trial, score_at(trial, asked) > 0


def _turned(shift: Images, slope: Images, share: float) -> Images:
    """Turn `shift` towards the gradient by a share; the gradient is scaled to the length of `shift`."""
    tiny = torch.finfo(shift.dtype).tiny
    length, steep = (_column(values.flatten(1).norm(dim=1)) for values in (shift, slope))
    moved = (1 - share) * shift + share * slope * length / steep.clamp_min(tiny)
    return torch.where(steep > 0, moved, shift)


def _undone(image: Images, quantised: Images, score_at: Scores, slope_at: Slopes) -> Images:
    """Take back single grey levels, in the order of the distance that they save per loss of score."""
    offset = (quantised - image) * GREY_LEVELS
    back = -offset.sign() * (offset.abs() >= 0.5)
    saved = offset.square() - (offset + back).square()
    cost = -(slope_at(quantised) * back)
    worth = (saved / cost.clamp_min(1e-12)).where(back != 0, -torch.inf).flatten(1)
    rank = worth.argsort(dim=1, descending=True).argsort(dim=1)
    low, high = torch.zeros_like(rank[:, 0]), (back != 0).flatten(1).sum(1) + 1
    best = quantised
    while bool((high - low > 1).any()):
        middle = (low + high) // 2
        trial = clip(rounded(quantised + (back.flatten(1) * (rank < middle[:, None])).view_as(back) / GREY_LEVELS))
        fits = (high - low > 1) & (score_at(trial, high - low > 1) > 0)
        best = torch.where(_column(fits), trial, best)
        low, high = torch.where(fits, middle, low), torch.where(fits | (high - low <= 1), high, middle)
    return best


def _either(mask: Flags, first: Quantised, second: Quantised) -> Quantised:
    return Quantised(
        torch.where(_column(mask), first.image, second.image), torch.where(mask, first.exists, second.exists)
    )


def _distance(one: Images, other: Images) -> PerImage:
    distance: PerImage = (one - other).flatten(1).norm(dim=1)
    return distance


def _column(values: Tensor) -> Tensor:
    return values[:, None, None, None]
