"""What exact bounds say about the shape of a region, without a model: flat, closing, non-convex, or not told.

A flat boundary at distance m keeps the share Phi(m / sigma).  A region is *flat* if it keeps nearly that at all scales,
*closing* if it keeps clearly less, and *non-convex* if rays come back to it, or if it keeps more than any convex region
with a boundary point so near can keep.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from advspace.statistics.clopper_pearson import lower_bound, upper_bound
from advspace.statistics.interval import Floats
from advspace.statistics.rays import Rays

FLAT, CLOSING, NON_CONVEX, CANNOT_TELL = "flat", "closing", "non-convex", "cannot tell"
ALPHA = 0.05
TOLERANCE = 0.05
"""Difference from the share of a flat boundary that counts, in shares of the draws."""
RETURNING = 0.01
"""Share of returning rays above which a region is called non-convex."""
CERTAIN = 0.9999


class Bounds(NamedTuple):
    """Lower and upper bound of the share kept at each scale."""

    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Shape:
    """What the bounds exclude.

    Args:
        returns: Rays come back: the region is not convex.
        opens: More is kept than a convex region can keep.
        closes: Less is kept than by a flat boundary.
        flat: What is kept differs from a flat boundary by at most the tolerance.
    """

    returns: bool
    opens: bool
    closes: bool
    flat: bool

    @property
    def kind(self) -> str:
        """The shape in a word.  What disproves convexity comes first."""
        if self.returns or self.opens:
            return NON_CONVEX
        return CLOSING if self.closes else FLAT if self.flat else CANNOT_TELL


def shape_of(rays: Rays, nearest: Floats, alpha: float = ALPHA, tolerance: float = TOLERANCE) -> Shape:
    """The shape of a region, with a chance of at most `alpha` that what is told is wrong.

    Args:
        rays: Counts of the rays around a center in the region; the scales grow.
        nearest: Distance from the center to a boundary point, an upper bound of m, divided by sigma of each scale.
        alpha: Shared by all scales and tests.
        tolerance: Difference of shares that counts.

    Pairs of mirror images say more: a flat boundary through the center keeps exactly one of the two.
    """
    from scipy.special import ndtr

    each = alpha / 3 / len(nearest)
    bounds = share_bounds(rays, each)
    most = np.minimum(ndtr(nearest) + tolerance, CERTAIN)
    share = RETURNING * (2 if rays.paired else 1)  # of two rays of a pair, one at least
    returns = bool(lower_bound(rays.returning, rays.units, alpha / 3) > share)
    closes = bool((bounds.high < 0.5 - tolerance).any())
    if rays.paired and not rays.returning:  # then `neither` grows with the scale, so the last scale says it all
        closes |= bool(lower_bound(int(rays.neither[-1]), rays.units, alpha / 3) > 2 * tolerance)
    flat = rays.returning == 0 and _distance_from_flat(rays, float(ndtr(nearest[-1])), alpha) <= tolerance
    return Shape(returns, bool((bounds.low > most).any()), closes, flat)


def share_bounds(rays: Rays, alpha: float) -> Bounds:
    """Bounds of the share kept at each scale, each wrong with a chance of at most `alpha`.

    In pairs of mirror images the share is 1/2 + (both - neither) / 2, and pairs are independent where rays are not.
    """
    if not rays.paired:
        return Bounds(lower_bound(rays.kept, rays.draws, alpha), upper_bound(rays.kept, rays.draws, alpha))
    half, pairs = alpha / 2, rays.units
    more = lower_bound(rays.both, pairs, half) - upper_bound(rays.neither, pairs, half)
    most = upper_bound(rays.both, pairs, half) - lower_bound(rays.neither, pairs, half)
    return Bounds(0.5 + more / 2, 0.5 + most / 2)


def _distance_from_flat(rays: Rays, most: float, alpha: float) -> float:
    """Upper bound of the largest difference from a flat boundary's share, for rays of which none comes back.

    Without re-entry the differences grow with the scale, so the last scale bounds them.  A flat boundary keeps between
    1/2 and `most` there.
    """
    half = alpha / 2
    if not rays.paired:
        low = float(lower_bound(int(rays.kept[-1]), rays.draws, half))
        high = float(upper_bound(int(rays.kept[-1]), rays.draws, half))
        return max(most - low, high - 0.5)
    neither = upper_bound(rays.neither, rays.units, half)
    both_low = float(lower_bound(int(rays.both[-1]), rays.units, half))
    both_high = float(upper_bound(int(rays.both[-1]), rays.units, half))
    return max(float(neither.max()), both_high, 2 * most - 1 - both_low + float(neither[-1])) / 2
