"""The paper's attack, one image at a time with scipy's L-BFGS-B: the reference for every faster one."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import Bounds
from threadpoolctl import threadpool_limits
from torch import nn

from advspace import Adversarial, Attack
from advspace.box import HIGH, LOW, clip
from advspace.checks import above, at_least, one_of
from advspace.progress import tick
from advspace.shapes import Images, Labels
from advspace_plugins.attack.boundary import STOPS, Stop
from advspace_plugins.attack.objective import NotFiniteError, Objective, Point
from advspace_plugins.attack.search import Search


@dataclass(frozen=True)
class LBFGSBScipy(Attack):
    """Minimise c ||D||^2 + cross-entropy(f(X + D), target) in the box, and search the largest c that still succeeds.

    Args:
        stop: `algorithm1` ends with the search for c; `tight` then moves back along the segment to the boundary;
            `overshoot` then goes a share of the distortion beyond the boundary.
        epsilon: The search ends when c is known to this relative precision.
        bisection: `geometric`, or `linear` from 0 to the first c that fails (the authors).
        tolerance: Largest margin (in logits) of a `tight` adversarial.
        overshoot: Share of the boundary distance that `overshoot` goes beyond it.
        keep: `best` keeps the smallest distortion of all queries, `last` the end of the last successful solve (as the
            paper's Algorithm 1).
        warm: Start each solve where the last one ended; the authors start each from the clean image.
        c: Where the search starts; None takes it from the first gradient.
        growth: Factor between the first values of c, until success and failure are both seen.
        memory: Correction pairs of L-BFGS-B.
        iterations: Most iterations per solve.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, eq. 2 and Algorithm 1; 15 pairs and 150 iterations as there.
    Departure: here c multiplies the distortion, as in the authors' code, so a large c is a weak attack.
    """

    stop: str = "overshoot"
    epsilon: float = 0.01
    bisection: str = "geometric"
    tolerance: float = 1e-3
    overshoot: float = 0.05
    keep: str = "best"
    warm: bool = True
    c: float | None = None
    growth: float = 4.0
    memory: int = 15
    iterations: int = 150

    def __post_init__(self) -> None:
        one_of("stop", self.stop, STOPS)
        one_of("keep", self.keep, ("best", "last"))
        one_of("bisection", self.bisection, ("geometric", "linear"))
        above("epsilon", self.epsilon, 0)
        above("tolerance", self.tolerance, 0)
        at_least("overshoot", self.overshoot, 0)
        above("growth", self.growth, 1)
        at_least("memory", self.memory, 1)
        at_least("iterations", self.iterations, 1)
        if self.c is not None:
            above("c", self.c, 0)

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Attack one image after the other."""
        del label
        double = deepcopy(model).double()
        with threadpool_limits(1, user_api="blas"):  # short vectors: more threads take far longer
            made = [self._one(model, double, image[i : i + 1], target[i : i + 1]) for i in range(len(image))]
        points = [point for _, point, _, _ in made]
        return Adversarial(
            image=torch.cat([found for found, _, _, _ in made]),
            success=torch.tensor([reason == "" for _, _, reason, _ in made], device=image.device),
            reason=tuple(reason for _, _, reason, _ in made),
            c=_floats([point.c if point else np.nan for point in points], image),
            margin=_floats([point.margin if point else np.nan for point in points], image),
            evaluations=torch.tensor([spent for _, _, _, spent in made], device=image.device),
        )

    def _one(
        self, model: nn.Module, double: nn.Module, image: Images, target: Labels
    ) -> tuple[Images, Point | None, str, int]:
        """The adversarial (NaN on failure), the point it comes from, why it failed, and the gradients spent."""
        objective = Objective(double, image.double(), target)
        try:
            found, reason = self._search(image).run(objective)
        except NotFiniteError:
            found, reason = None, "the model's loss or gradient is NaN or infinite"
        tick("attack")
        if found is None:
            return torch.full_like(image, torch.nan), None, reason, objective.evaluations
        shift = torch.from_numpy(found.distortion).reshape(image.shape).to(image.device)
        adversarial = clip(image.double() + shift).to(image.dtype)
        stop = Stop(self.stop, self.tolerance, self.overshoot)
        return stop.apply(model, image, adversarial, target), found, "", objective.evaluations

    def _search(self, image: Images) -> Search:
        flat = image.double().flatten().cpu().numpy()
        return Search(
            bounds=Bounds(LOW - flat, HIGH - flat),
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


def _floats(values: list[float], like: Images) -> torch.Tensor:
    return torch.tensor(values, dtype=like.dtype, device=like.device)
