"""The search for c: the largest weight of the distortion at which the attack still succeeds."""

from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np

from advspace_plugins.attack.goal import CLEAR
from advspace_plugins.attack.lbfgsb_scipy.objective import Objective, Point, Vector
from advspace_plugins.attack.refusals import LARGEST, OUT_OF_REACH, SMALLEST, clean_refusal


@dataclass(frozen=True)
class Search:
    """A geometric bracket, then a bisection.

    Args:
        lowest: Lower bound of the distortion: the image stays in the box.
        highest: Upper bound of the distortion.
        start: The first c; None computes it from the first gradient.
        growth: Factor between values of c while bracketing.
        bisection: `geometric` between the bracket's ends, or `linear` from 0 to the first c that fails.
        epsilon: Precision of c at which the search ends: a share of c, or (`linear`) of the first c that fails.
        keep: `best` of all queries, or `last` successful solve.
        warm: Start each solve at the end of the last one.
        options: Options of scipy's L-BFGS-B.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, Algorithm 1, which bisects linearly.  Departure: `geometric`, as c
    spans many decades.
    """

    lowest: Vector
    highest: Vector
    start: float | None
    growth: float
    bisection: str
    epsilon: float
    keep: str
    warm: bool
    options: dict[str, Any]

    def run(self, objective: Objective) -> tuple[Point | None, str]:
        """Find the adversarial, or the reason why there is none.

        Raises:
            NotFiniteError: the loss or its gradient is not finite.
        """
        origin = np.zeros(objective.image.numel())
        _, gradient, score = objective.query(origin, 0.0)
        refusal = clean_refusal(finite=True, won=score > 0, slope=bool(gradient.any()))
        if refusal:
            return None, refusal
        first = self.start or float(np.clip(gradient @ gradient / (4 * max(-score, CLEAR)), 1e-8, 1e8))
        low, high = self._bracket(objective, first, origin)
        if low is None:
            return None, OUT_OF_REACH
        bisect = self._bisect if self.bisection == "geometric" else self._bisect_linearly
        last = bisect(objective, low, high)
        return (objective.best if self.keep == "best" and objective.best else last), ""

    def _bracket(self, objective: Objective, c: float, origin: Vector) -> tuple[Point | None, float]:
        """The last success (None if there is none) and the first c that fails; the two differ by `growth`."""
        point = self._solve(objective, c, origin)
        low: Point | None = None
        high = c
        if _succeeds(point):
            while _succeeds(point) and c < LARGEST:
                low, c = point, c * self.growth
                point = self._solve(objective, c, low.distortion)
            return low, c
        while not _succeeds(point) and c > SMALLEST:
            high, c = c, c / self.growth
            point = self._solve(objective, c, point.distortion)
        return (point if _succeeds(point) else None), high

    def _bisect(self, objective: Objective, low: Point, high: float) -> Point:
        while log(high / low.c) > log(1 + self.epsilon):
            middle = sqrt(low.c * high)
            point = self._solve(objective, middle, low.distortion)
            if _succeeds(point):
                low = point
            else:
                high = middle
        return low

    def _bisect_linearly(self, objective: Objective, low: Point, high: float) -> Point:
        resolution, lowest = self.epsilon * high, 0.0
        while high - lowest > resolution:
            middle = (lowest + high) / 2
            point = self._solve(objective, middle, low.distortion)
            if _succeeds(point):
                low, lowest = point, middle
            else:
                high = middle
        return low

    def _solve(self, objective: Objective, c: float, start: Vector) -> Point:
        from scipy.optimize import Bounds, minimize  # here, because every command imports all plugins

        begin, bounds = start if self.warm else np.zeros_like(start), Bounds(self.lowest, self.highest)
        solved = minimize(
            objective.weighted(c), begin, jac=True, method="L-BFGS-B", bounds=bounds, options=self.options
        )
        _, _, score = objective.query(solved.x, c)
        return Point(solved.x, c, score)


def _succeeds(point: Point) -> bool:
    return point.score > CLEAR
