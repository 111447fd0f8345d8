"""The search for c in the authors' published code, with the off-by-one of its last solve."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from advspace_plugins.attack.goal import CLEAR
from advspace_plugins.attack.lbfgsb_scipy.objective import Objective, Point, Vector
from advspace_plugins.attack.refusals import LARGEST, clean_refusal


@dataclass(frozen=True)
class AuthorsSearch:
    """c grows until the attack leaves the image with its label; then the interval from 0 to this c is halved.

    Every solve starts at the clean image, in standardised pixels.  A last solve gives the adversarial.  Its c is the
    lower end of the interval; with `off_by_one`, the lower end before the last halving.

    Args:
        lowest: Lower bound of the distortion, in pixels of [0, 1]: the image stays in the box.
        highest: Upper bound of the distortion.
        label: Class of the image.
        unit: Pixel value of one unit of the standardised pixels.
        start: The first c, in standardised pixels.
        growth: Factor between the first values of c.
        resolution: Length of the interval at which the search ends, as a share of its first length.
        off_by_one: Whether the last solve ignores the last halving.
        options: Options of scipy's L-BFGS-B.

    Source: the code published with Tabacof & Valle 2015, arXiv:1510.05328; told again here, not copied.
    """

    lowest: Vector
    highest: Vector
    label: int
    unit: float
    start: float
    growth: float
    resolution: float
    off_by_one: bool
    options: dict[str, Any]

    def run(self, objective: Objective) -> tuple[Point | None, str]:
        """Find the adversarial, or the reason why there is none.

        Raises:
            NotFiniteError: the loss or its gradient is not finite.
        """
        _, gradient, score = objective.query(np.zeros_like(self.lowest), 0.0)
        refusal = clean_refusal(finite=True, won=score > 0, slope=bool(gradient.any()))
        if refusal:
            return None, refusal
        point = self._solve(objective, self._lower_end(objective, self._first_failure(objective)))
        if point.score > CLEAR:
            return point, ""
        return None, f"the last solve, at c = {point.c:.3g}, does not reach the goal"

    def _first_failure(self, objective: Objective) -> float:
        """The first c at which the model still gives the label; a third class does not count as a failure yet."""
        c = self.start
        while objective.predicted(self._solve(objective, c).distortion) != self.label and c < LARGEST:
            c *= self.growth
        return c

    def _lower_end(self, objective: Objective, highest: float) -> float:
        """The c of the last solve; 0 if no solve of the search has succeeded (before the last one)."""
        low = before = 0.0
        high = highest
        while high - low >= self.resolution * highest:
            middle, before = (low + high) / 2, low
            if self._solve(objective, middle).score > CLEAR:
                low = middle
            else:
                high = middle
        return before if self.off_by_one else low

    def _solve(self, objective: Objective, c: float) -> Point:
        """Minimise c ||d||^2 + loss(f(X + unit d)) over standardised distortions d, from d = 0."""
        from scipy.optimize import Bounds, minimize  # here, because every command imports all plugins

        def value(distortion: Vector) -> tuple[float, Vector]:
            loss, gradient, _ = objective.query(self.unit * distortion, c / self.unit**2)
            return c * float(distortion @ distortion) + loss, 2 * c * distortion + self.unit * gradient

        start, bounds = np.zeros_like(self.lowest), Bounds(self.lowest / self.unit, self.highest / self.unit)
        solved = minimize(value, start, jac=True, method="L-BFGS-B", bounds=bounds, options=self.options)
        distortion = self.unit * solved.x
        _, _, score = objective.query(distortion, c / self.unit**2)
        return Point(distortion, c / self.unit**2, score)
