"""The paper's attack on a whole batch at once, on the model's own device."""

from dataclasses import dataclass

import torch
from torch import nn

from advspace import Adversarial, Attack, margin
from advspace.box import clip
from advspace.checks import above, at_least, one_of
from advspace.shapes import Images, Labels
from advspace_plugins.attack.boundary import STOPS, Stop
from advspace_plugins.attack.engine import Effort, Outcome, run
from advspace_plugins.attack.weight_search import SMALLEST


@dataclass(frozen=True)
class LBFGSB(Attack):
    """Minimise c ||D||^2 + cross-entropy(f(X + D), target) in the box, each image with its own search for c.

    Args:
        stop: `algorithm1` ends with the search for c; `tight` then moves back along the segment to the boundary;
            `overshoot` then goes a share of the distortion beyond the boundary.
        epsilon: c is known to this relative precision.
        tolerance: Largest margin (in logits) of a `tight` adversarial.
        overshoot: Share of the boundary distance that `overshoot` goes beyond it.
        logit_scale: What the logits are multiplied by within the cross-entropy; 10 and more come closer to the
            smallest distortion than the paper's 1.
        searching: Relative decrease at which a solve ends while c is searched.
        final: The same for the last solve.
        memory: Correction pairs of L-BFGS-B.
        iterations: Most iterations per solve.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, eq. 2 and Algorithm 1.  Departures: c multiplies the distortion, as
    in the authors' code; c is searched on a logarithmic scale with the curvature kept; see `solver` for L-BFGS-B's own.
    """

    stop: str = "overshoot"
    epsilon: float = 0.01
    tolerance: float = 1e-3
    overshoot: float = 0.05
    logit_scale: float = 1.0
    searching: float = 1e-3
    final: float = 1e-5
    memory: int = 15
    iterations: int = 150

    def __post_init__(self) -> None:
        one_of("stop", self.stop, STOPS)
        for name in ("epsilon", "tolerance", "logit_scale", "searching", "final"):
            above(name, getattr(self, name), 0)
        at_least("overshoot", self.overshoot, 0)
        at_least("memory", self.memory, 1)
        at_least("iterations", self.iterations, 1)

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Attack all images at once."""
        del label
        effort = Effort(self.epsilon, self.searching, self.final, self.memory, self.iterations, self.logit_scale)
        outcome = run(model, image, target, effort)
        reached = outcome.norm.isfinite()
        found = clip(image + outcome.distortion.nan_to_num(0).reshape(image.shape))
        found = Stop(self.stop, self.tolerance, self.overshoot).apply(model, image, found, target)
        with torch.no_grad():
            won = margin(model(found), target)
        return Adversarial(
            image=torch.where(reached[:, None, None, None], found, torch.nan),
            success=reached,
            reason=tuple(_reason(outcome, place) for place in range(len(image))),
            c=torch.where(reached, outcome.c, torch.nan),
            margin=torch.where(reached, won, torch.nan),
            evaluations=outcome.evaluations,
        )


def _reason(outcome: Outcome, place: int) -> str:
    if outcome.norm[place].isfinite():
        return ""
    return outcome.refused[place] or f"no c down to {SMALLEST:g} reaches the target"
