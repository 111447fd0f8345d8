"""Where the search begins: a walk along the boundary, one gradient a step, to better minima of deep nets."""

from math import cos, pi

import torch

from advspace.box import HIGH, LOW
from advspace.shapes import PerImage
from advspace_plugins.attack.queries import Answer, Queries, Rows
from advspace_plugins.attack.shapes import Mask, Points

FASTEST, SLOWEST = 0.1, 0.02
"""Share by which the radius changes in one step, at first and at last."""
LONGEST, SHORTEST = 1.0, 0.01
"""Length of a step relative to the radius, at first and at last."""


def explore(queries: Queries, clean: Answer, rows: Rows, steps: int, scale: float = 1.0) -> Points:
    """Follow the normalised gradient on a sphere around each image that grows while it fails and shrinks while it wins.

    Args:
        queries: Asked once per step.
        clean: The answer on the clean images, at the same scale.
        rows: The images to begin with.
        steps: How many questions to ask of each.
        scale: What the logits are multiplied by within the loss.

    Returns:
        For each image the smallest distortion that reached the goal, or the last point with a finite answer.

    Source: Rony et al. 2019, arXiv:1811.09600.  Departures: the first radius is the distance at which the margin would
    vanish were it linear, a step's length is a share of the radius and not of the pixels' range, the radius changes by
    less and less, and shrinks from the distortion's length where the box has shortened it; nothing is rounded.
    """
    flat = queries.image.flatten(1)[rows]
    farthest = torch.maximum(flat - LOW, HIGH - flat).norm(dim=1)
    point, answer = torch.zeros_like(flat), clean
    sound, finite = point, answer.finite
    radius = (-scale * answer.score / answer.gradient.norm(dim=1)).clamp(max=farthest)
    for step in range(steps):
        if step:
            change = _between(FASTEST, SLOWEST, step / steps)
            radius = _next(radius, point, (answer.score > 0) | ~finite, change).minimum(farthest)
        slope = answer.gradient.masked_fill(~finite[:, None], 0)
        point = _walk(point, slope, radius, _between(LONGEST, SHORTEST, step / steps))
        point = (flat + point).clamp(LOW, HIGH) - flat
        answer = queries.ask(point, rows, scale)
        finite = answer.finite
        sound = torch.where(finite[:, None], point, sound)
    best = queries.best[rows]
    return torch.where(best.isnan(), sound, best)


def _between(first: float, last: float, way: float) -> float:
    """From `first` to `last` on half a cosine."""
    return last + (first - last) * (1 + cos(pi * way)) / 2


def _next(radius: PerImage, point: Points, shrink: Mask, change: float) -> PerImage:
    smaller = (1 - change) * torch.minimum(radius, point.norm(dim=1))
    return torch.where(shrink, smaller, (1 + change) * radius)


def _walk(point: Points, slope: Points, radius: PerImage, share: float) -> Points:
    tiny = torch.finfo(point.dtype).tiny
    unit = slope / slope.norm(dim=1, keepdim=True).clamp_min(tiny)
    moved = point - share * radius[:, None] * unit
    length = moved.norm(dim=1).clamp_min(tiny)
    walked: Points = moved * (radius / length)[:, None]
    return walked
