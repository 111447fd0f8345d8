"""The authors' published attack to the letter, as far as its code is documented."""

from dataclasses import dataclass

import numpy as np
from torch import nn

from advspace import Adversarial, Attack, Problem
from advspace.box import HIGH, LOW
from advspace.checks import above, at_least
from advspace.shapes import Images, Labels
from advspace_plugins.attack.goal import Aim
from advspace_plugins.attack.lbfgsb_scipy.authors_search import AuthorsSearch
from advspace_plugins.attack.lbfgsb_scipy.objective import Vector
from advspace_plugins.attack.lbfgsb_scipy.one_by_one import attack_each


@dataclass(frozen=True)
class Tabacof2015(Attack):
    """Minimise c ||d||^2 + cross-entropy(f(X + unit d), target) in the box with the authors' search for c.

    Args:
        unit: Pixel value of one standardised unit, in pixels of [0, 1]: the deviation by which the network divides.
            0.2752 is that of MNIST as 32 x 32 images (70.18 grey levels), 0.2427 that of OverFeat.
        c: The first c, for standardised pixels.
        growth: Factor on c until the model gives the original class.
        resolution: Length of the interval of c at which the search ends, as a share of the c that was reached.
        off_by_one: Keep the error of the published code: the last solve ignores the last halving, so its c can be one
            step too small, or 0.  False uses the end of the search.
        memory: Correction pairs of L-BFGS-B.
        evaluations: Gradients per solve after which L-BFGS-B stops.

    Source: the code published with Tabacof & Valle 2015, arXiv:1510.05328 (eq. 2); its facts, not its text.  The column
    c is in pixels of [0, 1], as that of other attacks: c / unit^2.
    """

    unit: float = 0.2752
    c: float = 0.01
    growth: float = 10.0
    resolution: float = 0.1
    off_by_one: bool = True
    memory: int = 15
    evaluations: int = 150

    def __post_init__(self) -> None:
        above("unit", self.unit, 0)
        above("c", self.c, 0)
        above("growth", self.growth, 1)
        above("resolution", self.resolution, 0)
        at_least("memory", self.memory, 1)
        at_least("evaluations", self.evaluations, 1)

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Attack one image after the other."""
        goal = Aim("min_norm", 0.5)(model, image, label, target)
        return attack_each(Problem(model, image, label, target), goal, lambda *of: self._search(*of).run)

    def _search(self, image: Vector, label: int) -> AuthorsSearch:
        return AuthorsSearch(
            lowest=LOW - image,
            highest=HIGH - image,
            label=label,
            unit=self.unit,
            start=self.c,
            growth=self.growth,
            resolution=self.resolution,
            off_by_one=self.off_by_one,
            options={
                "maxcor": self.memory,
                "maxfun": self.evaluations,
                "ftol": 1e7 * np.finfo(float).eps,
                "gtol": 1e-5,
            },
        )
