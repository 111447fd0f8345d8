"""The paper's attack, one image at a time with scipy's L-BFGS-B: the reference for faster attacks."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import nn

from advspace import Adversarial, Attack, Problem, Stop
from advspace.attack.stop import Scores
from advspace.box import HIGH, LOW
from advspace.checks import above, at_least, one_of
from advspace.shapes import Images, Labels
from advspace_plugins.attack.goal import Aim, Goal
from advspace_plugins.attack.lbfgsb_scipy.c_search import Search
from advspace_plugins.attack.lbfgsb_scipy.objective import Vector
from advspace_plugins.attack.lbfgsb_scipy.one_by_one import attack_each
from advspace_plugins.attack.queries import Queries


@dataclass(frozen=True)
class LBFGSBScipy(Attack):
    """Minimise c ||D||^2 + cross-entropy(f(X + D), target) in the box, and search the largest c that still succeeds.

    Args:
        goal: `min_norm`: the closest image that the model gives the target class; `confidence`: the closest image whose
            target class has at least the probability `confidence`.
        confidence: That probability, in [0.5, 1).
        epsilon: Relative precision of c at which the search ends.
        bisection: `geometric`, or `linear` from 0 to the first c that fails (as the authors do).
        keep: `best` keeps the smallest distortion of all queries, `last` the end of the last successful solve (as the
            paper's Algorithm 1 does).
        warm: Start each solve at the end of the last one; the authors start each at the clean image.
        c: The first c; None computes it from the first gradient.
        growth: Factor between the first values of c, until there is a success and a failure.
        memory: Correction pairs of L-BFGS-B.
        iterations: Maximum iterations per solve.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, eq. 2 and Algorithm 1; also its 15 pairs and 150 iterations.
    Departure: c multiplies the distortion, as in the authors' code, so a large c is a weak attack.
    """

    default_stop: ClassVar[Stop] = Stop("overshoot")

    goal: str = "min_norm"
    confidence: float = 0.9
    epsilon: float = 0.01
    bisection: str = "geometric"
    keep: str = "best"
    warm: bool = True
    c: float | None = None
    growth: float = 4.0
    memory: int = 15
    iterations: int = 150

    def __post_init__(self) -> None:
        Aim(self.goal, self.confidence)
        one_of("keep", self.keep, ("best", "last"))
        one_of("bisection", self.bisection, ("geometric", "linear"))
        above("epsilon", self.epsilon, 0)
        above("growth", self.growth, 1)
        at_least("memory", self.memory, 1)
        at_least("iterations", self.iterations, 1)
        if self.c is not None:
            above("c", self.c, 0)

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Attack one image after the other."""
        problem = Problem(model, image, label, target)
        return attack_each(problem, self._goal(problem), lambda flat, _: self._search(flat).run)

    def score_at(self, problem: Problem) -> Scores:
        """The goal's score: the margin, limited by the confidence if that is the goal."""
        return Queries(problem.model, problem.image, self._goal(problem)).score_at

    def _goal(self, problem: Problem) -> Goal:
        return Aim(self.goal, self.confidence)(problem.model, problem.image, problem.label, problem.target)

    def _search(self, image: Vector) -> Search:
        return Search(
            lowest=LOW - image,
            highest=HIGH - image,
            start=self.c,
            growth=self.growth,
            bisection=self.bisection,
            epsilon=self.epsilon,
            keep=self.keep,
            warm=self.warm,
            options={
                "maxcor": self.memory,
                "maxiter": self.iterations,
                "ftol": 1e7 * np.finfo(float).eps,
                "gtol": 1e-5,
            },
        )
