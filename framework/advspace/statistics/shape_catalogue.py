"""A catalogue of regions: the share that each keeps at every scale, on grids of its parameters.

Lengths are in units of the distortion's standard deviation, as the scales are, so one catalogue serves all attacks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.bivariate import both_below
from advspace.statistics.interval import Floats

BULGING, CORNER, LAYER, WRAPPING, FLAT = "bulging", "corner", "layer", "wrapping", "flat"
TINY = 1e-6
"""A depth of zero, and the least probability of an exit."""
NODES = (np.arange(100) + 0.5) / 100
"""Probabilities of the nodes of a mean over a chi-squared number."""
ROUND = (2, 3, 5, 10, 30, 64)
"""Curved dimensions of cylinders."""
CURVED = (1, 2, 3, 5, 10, 30)
"""Curved directions of paraboloids."""
ANGLES = range(30, 180, 15)
"""Angles of wedges, in degrees."""
GRADED = ((2, 2.0), (3, 1.5), (3, 2.0), (5, 1.5), (9, 1.3))
"""Numbers of faces at a right angle to one another, and the ratio of their distances."""
Family = tuple[str, Floats, Floats]
"""Kind, shares of shape [member, scale], and depth of the center in each member."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Regions with their shares.

    Args:
        kinds: Kind of each member.
        exits: Logarithm of the chance that a ray is out for the first time at each scale, and that it never is: shape
            [member, scale + 1].
        depths: Distance of the center from the boundary in each member.
    """

    kinds: NDArray[Any]
    exits: Floats
    depths: Floats

    @classmethod
    def of(cls, scales: Floats, deepest: float, tolerance: float) -> "Catalogue":
        """All families, for centers up to a depth.

        Args:
            scales: Increasing scales.
            deepest: Largest depth of a center.
            tolerance: Members that differ from a flat boundary by at most this share count as flat.
        """
        from scipy.special import ndtr

        kinds, shares, depths = [], [], []
        for kind, share, depth in _families(scales, deepest):
            apart = np.abs(share - ndtr(depth[:, None] / scales)).max(1)
            kinds.append(np.where(apart <= tolerance, FLAT, kind))
            shares.append(share)
            depths.append(depth)
        kept = np.clip(np.concatenate(shares), 0, 1)
        ends = np.hstack([np.ones((len(kept), 1)), kept, np.zeros((len(kept), 1))])
        chances = np.maximum(ends[:, :-1] - ends[:, 1:], 0) + TINY
        return cls(np.concatenate(kinds), np.log(chances / chances.sum(1, keepdims=True)), np.concatenate(depths))


def _families(scales: Floats, deepest: float) -> Iterator[Family]:
    """Every family on its grid."""
    fine, coarse = _depths(deepest, 1.028), _depths(deepest, 1.047)
    yield from _flat(scales, fine)
    yield from _bulging(scales, fine, coarse)
    yield from _layers(scales, coarse)
    yield from _corners(scales, coarse)


def _depths(deepest: float, ratio: float) -> Floats:
    count = max(0, int(np.log(max(deepest, TINY) / 0.002) / np.log(ratio)) + 1)
    return np.concatenate([[TINY], 0.002 * ratio ** np.arange(count)])


def _grid(*axes: Floats) -> tuple[Floats, ...]:
    """All combinations, as columns."""
    return tuple(axis.reshape(-1, 1) for axis in np.meshgrid(*axes, indexing="ij"))


def _flat(scales: Floats, depths: Floats) -> Iterator[Family]:
    from scipy.special import ndtr, ndtri

    yield FLAT, ndtr(depths[:, None] / scales), depths
    steps = np.linspace(0.03, 0.485, 80)
    for kind, sides in ((CORNER, steps), (WRAPPING, 1 - steps)):  # a cone, seen from its tip
        depth, side = _grid(depths[::2], ndtri(sides))
        yield kind, ndtr(depth / scales + side), depth[:, 0]


def _bulging(scales: Floats, fine: Floats, coarse: Floats) -> Iterator[Family]:
    from scipy.special import chdtri, ndtr

    depth, bend = _grid(fine, np.geomspace(0.0008, 40, 160))
    yield BULGING, ndtr(depth / scales - bend * scales), depth[:, 0]
    depth, radius = _grid(coarse, np.geomspace(0.5, 400, 60))
    depth = np.minimum(depth, radius)
    for dimensions in ROUND:
        share = np.zeros((len(depth), len(scales)))
        for square in chdtri(dimensions - 1, 1 - NODES):
            inner = radius**2 - scales**2 * square
            root = np.sqrt(np.maximum(inner, 0))
            near = (depth - scales**2 * square / (radius + root)) / scales
            far = -(radius - depth + root) / scales
            share += np.where(inner > 0, ndtr(near) - ndtr(far), 0) / len(NODES)
        yield BULGING, share, depth[:, 0]
    depth, bend = _grid(coarse, np.geomspace(0.002, 60, 60))
    for directions in CURVED:
        squares = chdtri(directions, 1 - NODES) / directions
        means = [ndtr(depth / scales - scales * bend * square) for square in squares]
        yield BULGING, np.mean(means, 0), depth[:, 0]


def _layers(scales: Floats, depths: Floats) -> Iterator[Family]:
    from scipy.special import ndtr

    depth, width = _grid(
        depths, np.concatenate([np.geomspace(0.004, 1, 25, endpoint=False), np.geomspace(1, 400, 150)])
    )
    yield LAYER, ndtr(depth / scales) - ndtr(-width / scales), depth[:, 0]


def _corners(scales: Floats, depths: Floats) -> Iterator[Family]:
    from scipy.special import ndtr

    depth, aside = _grid(depths, np.geomspace(0.004, 400, 50))
    depth, aside = depth[aside >= depth][:, None], aside[aside >= depth][:, None]
    for angle in ANGLES:
        yield CORNER, both_below(depth / scales, aside / scales, -np.cos(np.radians(angle))), depth[:, 0]
    for faces, ratio in (*GRADED, *((faces, 1.0) for faces in (2, 3, 5))):
        others = [ndtr(aside * ratio**index / scales) for index in range(faces)]
        yield CORNER, ndtr(depth / scales) * np.prod(others, 0), depth[:, 0]
