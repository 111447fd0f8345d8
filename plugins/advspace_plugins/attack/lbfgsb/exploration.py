"""The start of the search: a walk along the boundary, one gradient per step, to better minima on deep networks."""

from math import cos, pi

import torch

from advspace.box import HIGH, LOW
from advspace.shapes import PerImage
from advspace_plugins.attack.queries import Answer, Queries, Rows
from advspace_plugins.attack.shapes import Mask, Points

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
    farthest = torch.maximum(flat - LOW, HIGH - flat).norm(dim=1)
    point, answer = torch.zeros_like(flat), clean
    sound, finite = point, answer.finite
    radius = (-scale * answer.score / answer.gradient.norm(dim=1)).clamp(max=farthest)
    own, never = torch.ones_like(radius), torch.ones_like(finite)
    for step in range(steps):
        if step:
            change = _between(FASTEST, SLOWEST, step / steps)
            radius = _next(radius, point, (answer.score > 0) | ~finite, change).minimum(farthest)
            never = never & ~(answer.score > 0)
        slope = answer.gradient.masked_fill(~finite[:, None], 0)
        own = torch.where(never & (step > PATIENCE), SHORTER * own, own)
        share = own.clamp(SHORTEST, _between(LONGEST, SHORTEST, step / steps))
        point = _walk(point, slope, radius, share)
        point = (flat + point).clamp(LOW, HIGH) - flat
        answer = queries.ask(point, rows, scale)
        finite = answer.finite
        sound = torch.where(finite[:, None], point, sound)
    best = queries.best[rows]
    return torch.where(best.isnan(), sound, best)


def _between(first: float, last: float, share: float) -> float:
    """From `first` (share 0) to `last` (share 1) along half a cosine."""
    return last + (first - last) * (1 + cos(pi * share)) / 2


def _next(radius: PerImage, point: Points, shrink: Mask, change: float) -> PerImage:
    smaller = (1 - change) * torch.minimum(radius, point.norm(dim=1))
    return torch.where(shrink, smaller, (1 + change) * radius)


def _walk(point: Points, slope: Points, radius: PerImage, share: PerImage) -> Points:
    tiny = torch.finfo(point.dtype).tiny
    unit = slope / slope.norm(dim=1, keepdim=True).clamp_min(tiny)
    moved = point - (share * radius)[:, None] * unit
    length = moved.norm(dim=1).clamp_min(tiny)
    walked: Points = moved * (radius / length)[:, None]
    return walked
