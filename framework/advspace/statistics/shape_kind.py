"""Which kinds of regions the rays are compatible with, of a catalogue: a finer word for a shape that is told."""

import numpy as np

from advspace.statistics.clopper_pearson import lower_bound, upper_bound
from advspace.statistics.interval import Floats
from advspace.statistics.rays import Rays
from advspace.statistics.shape import ALPHA, CLOSING, NON_CONVEX, Shape, share_bounds
from advspace.statistics.shape_catalogue import BULGING, CORNER, FLAT, LAYER, WRAPPING, Catalogue

FACES, SCATTERED = "faces", "scattered"
"""A corner or a layer; and many pieces."""
WORTH = 1000
"""Fewest draws that tell kinds apart."""
COMPATIBLE = 5.99
"""Largest drop of twice the log-likelihood of a kind that is compatible: the .95 quantile of chi-squared with 2."""
MISFIT = 0.001
"""Chance of calling a member of the catalogue a misfit."""
OFTEN, SELDOM = 0.1, 0.15
"""Share of returning rays that are lost again: above, the region is in pieces; below, it may wrap around the center."""


def kind_of(
    shape: Shape, rays: Rays, nearest: Floats, scales: Floats, catalogue: Catalogue, alpha: float = ALPHA
) -> str:
    """The kind of a region, or its shape alone where no kind can be named.

    Args:
        shape: The shape of the same rays.
        rays: Counts of the rays.
        nearest: Upper bound of the center's depth, divided by sigma of each scale.
        scales: Increasing scales.
        catalogue: Regions to compare with, for these scales.
        alpha: Chance of error of each bound.

    Returns:
        `bulging`, `corner`, `layer` or `faces` for a closing region; `wrapping` or `scattered` for a non-convex one.
    """
    if rays.draws < WORTH:
        return shape.kind
    if shape.kind == NON_CONVEX:
        return _non_convex(shape, rays, scales, alpha)
    if shape.kind == CLOSING and not rays.returning:
        return _closing(rays, float(nearest[0] * scales[0]), catalogue)
    return shape.kind


def _closing(rays: Rays, deepest: float, catalogue: Catalogue) -> str:
    """A kind of closing regions, by the exact likelihood of the exits: rays that never come back are multinomial."""
    from scipy.special import chdtri, xlogy

    possible = catalogue.depths <= deepest
    likelihoods, kinds = catalogue.exits[possible] @ rays.exits, catalogue.kinds[possible]
    best = {kind: likelihoods[kinds == kind].max(initial=-np.inf) for kind in (FLAT, BULGING, CORNER, LAYER, WRAPPING)}
    top = max(best.values())
    saturated = float(xlogy(rays.exits, rays.exits / rays.draws).sum())
    if 2 * (saturated - top) > chdtri(max(1, len(rays.exits) - 3), MISFIT):
        return CLOSING
    fitting = {kind for kind, value in best.items() if 2 * (top - value) <= COMPATIBLE}
    if len(fitting) == 1 and not fitting & {FLAT, WRAPPING}:
        return fitting.pop()
    return FACES if fitting == {CORNER, LAYER} else CLOSING


def _non_convex(shape: Shape, rays: Rays, scales: Floats, alpha: float) -> str:
    """Pieces, or a region that wraps around the center; wrapping needs a distance to the boundary that grows."""
    bounds = share_bounds(rays, alpha / 2)
    if not shape.returns:
        return WRAPPING if bounds.low[-1] > 0.5 else NON_CONVEX
    count = max(rays.returning, 1)
    if lower_bound(rays.lost_twice, count, alpha / 2) > OFTEN:
        return SCATTERED
    once = upper_bound(rays.lost_twice, count, alpha / 2) < SELDOM
    return WRAPPING if once and (shape.opens or _grows(rays, scales, alpha)) else NON_CONVEX


def _grows(rays: Rays, scales: Floats, alpha: float) -> bool:
    """Whether sigma Phi^-1(p) is larger at the last scale than at another one, for certain."""
    from scipy.special import ndtri

    last = scales[-1] * ndtri(share_bounds(rays, alpha / 2).low[-1])
    before = scales[:-1] * ndtri(share_bounds(rays, alpha / 2 / len(scales)).high[:-1])
    return bool(len(before) and last > max(before.min(), 0.0))
