"""The attack's objective for one image, in double precision; it keeps the best of all queries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from advspace.shapes import Images
from advspace_plugins.attack.goal import CLEAR, Goal, slope_of

Vector = NDArray[np.float64]


class NotFiniteError(Exception):
    """The loss or its gradient is NaN or infinite."""


@dataclass(frozen=True)
class Point:
    """A query: the distortion, its c, and the goal's score there."""

    distortion: Vector
    c: float
    score: float

    @property
    def norm(self) -> float:
        """Euclidean norm of the distortion."""
        return float(np.linalg.norm(self.distortion))


@dataclass
class Objective:
    """c ||D||^2 + loss(f(X + D)), where c multiplies the distortion and the loss is the goal's: the cross-entropy.

    Args:
        model: Network in double precision, or one that takes and gives it.
        image: X, one image in double precision.
        goal: The goal of the attack.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, eq. 2.  Departure: the squared norm, as in the authors' code.
    """

    model: Callable[[Tensor], Tensor]
    image: Images
    goal: Goal
    evaluations: int = 0
    best: Point | None = field(default=None)

    def query(self, distortion: Vector, c: float) -> tuple[float, Vector, float]:
        """The loss, its gradient, and the score at a distortion.

        Raises:
            NotFiniteError: one of them is not finite.
        """
        shift = torch.from_numpy(distortion).to(self.image.device).reshape(self.image.shape)
        with torch.enable_grad():
            point = (self.image + shift).requires_grad_()
            logits = self.model(point)
        loss, pull = self.goal.pull(logits.detach())
        slope = slope_of(logits, pull, point)
        self.evaluations += 1
        gradient = slope.flatten().cpu().numpy().astype(np.float64)
        won = float(self.goal.score(logits.detach()))
        if not (np.isfinite(loss.item()) and np.isfinite(gradient).all()):
            raise NotFiniteError
        self._remember(Point(distortion.copy(), c, won))
        return loss.item(), gradient, won

    def predicted(self, distortion: Vector) -> int:
        """The class that the model gives the distorted image; costs no gradient."""
        shift = torch.from_numpy(distortion).to(self.image.device).reshape(self.image.shape)
        with torch.no_grad():
            return int(self.model(self.image + shift).argmax(1))

    def weighted(self, c: float) -> Callable[[Vector], tuple[float, Vector]]:
        """The objective and its gradient for one c, in scipy's form."""

        def value(distortion: Any) -> tuple[float, Vector]:
            loss, gradient, _ = self.query(distortion, c)
            return c * float(distortion @ distortion) + loss, 2 * c * distortion + gradient

        return value

    def _remember(self, point: Point) -> None:
        if point.score > CLEAR and (self.best is None or point.norm < self.best.norm):
            self.best = point
