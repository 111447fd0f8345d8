"""The start of the search: a walk along the boundary, one gradient per step, to better minima on deep networks."""

from math import cos, pi

import torch
from jaxtyping import Float
from torch import Tensor
from torch.linalg import vector_norm

from advspace.box import HIGH, LOW
from advspace_plugins.attack.asking import Rows
from advspace_plugins.attack.queries import Answer, Queries
from advspace_plugins.attack.shapes import Points

Column = Float[Tensor, "queries 1"]

FASTEST, SLOWEST = 0.1, 0.02
"""Relative change of the radius in one step, at the start and at the end."""
LONGEST, SHORTEST = 1.0, 0.01
"""Length of a step relative to the radius, at the start and at the end."""
PATIENCE, SHORTER = 5, 0.9
"""An image without a success after so many steps takes shorter steps from there on: else it may leap to and fro between
two regions, while its sphere grows."""


def explore(queries: Queries, clean: Answer, rows: Rows, steps: int, scale: float = 1.0) -> Points:
    """Follow the normalised gradient on a sphere around each image; failure enlarges the sphere, success shrinks it.

    Args:
        queries: The model and the images.
        clean: The answer on the clean images, at the same scale.
        rows: Which images.
        steps: Number of steps, one query each.
        scale: Factor on the logits within the loss.

    Returns:
        For each image the smallest distortion that reached the goal, or the last point with a finite answer.

    Source: Rony et al. 2019, arXiv:1811.09600.  Departures: the first radius is the distance at which a linear margin
    would vanish; the length of a step is a share of the radius, not of the pixels' range, and becomes shorter where
    there is no success; the change of the radius decreases; if the box has shortened a distortion, the radius shrinks
    from its length; nothing is rounded.
    """
    flat = queries.image.flatten(1)[rows]
    farthest = vector_norm(torch.maximum(flat - LOW, HIGH - flat), dim=1, keepdim=True)
    point, answer = torch.zeros_like(flat), clean
    sound, finite, won = point, clean.finite, _column(clean.score) > 0
    radius = (-scale * _column(clean.score) / vector_norm(clean.gradient, dim=1, keepdim=True)).clamp(max=farthest)
    own, ever, whole = torch.ones_like(radius), torch.zeros_like(won), bool(finite.all())
    for step in range(steps):
        slope, shrink = answer.gradient, won
        if not whole:
            slope, shrink = slope.masked_fill(~_column(finite), 0), won | ~_column(finite)
        if step:
            change = _between(FASTEST, SLOWEST, step / steps)
            radius = _next(radius, point, shrink, change).minimum(farthest)
            ever = ever | won
        if step > PATIENCE:
            own = torch.where(ever, own, SHORTER * own)
        share = own.clamp(SHORTEST, _between(LONGEST, SHORTEST, step / steps))
        point = _walk(point, slope, radius, share).add_(flat).clamp_(LOW, HIGH).sub_(flat)
        answer = queries.ask(point, rows, scale)
        finite, won = answer.finite, _column(answer.score) > 0
        whole = bool(finite.all())
        sound = point if whole else torch.where(_column(finite), point, sound)
    best = queries.best[rows]
    return torch.where(best.isnan(), sound, best)


def _column(each: Tensor) -> Tensor:
    return each[:, None]


def _between(first: float, last: float, share: float) -> float:
    """From `first` (share 0) to `last` (share 1) along half a cosine."""
    return last + (first - last) * (1 + cos(pi * share)) / 2


def _next(radius: Column, point: Points, shrink: Tensor, change: float) -> Column:
    smaller = (1 - change) * torch.minimum(radius, vector_norm(point, dim=1, keepdim=True))
    return torch.where(shrink, smaller, (1 + change) * radius)


def _walk(point: Points, slope: Points, radius: Column, share: Column) -> Points:
    tiny = torch.finfo(point.dtype).tiny
    unit = slope / vector_norm(slope, dim=1, keepdim=True).clamp_min_(tiny)
    moved = point - unit.mul_(share * radius)
    walked: Points = moved.mul_(radius / vector_norm(moved, dim=1, keepdim=True).clamp_min_(tiny))
    return walked
