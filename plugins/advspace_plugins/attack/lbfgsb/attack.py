"""The paper's attack on a whole batch at once, on the model's own device."""

from dataclasses import dataclass, fields, replace
from typing import ClassVar

import torch
from torch import nn

from advspace import Adversarial, Attack, Problem, Stop, answer, margin
from advspace.attack.contract import joined, nothing
from advspace.attack.stop import Scores
from advspace.box import clip
from advspace.checks import above, at_least, one_of
from advspace.progress.ticks import tick
from advspace.shapes import Images, Labels, PerImage
from advspace_plugins.attack.goal import Aim
from advspace_plugins.attack.lbfgsb.engine import Effort, run
from advspace_plugins.attack.lbfgsb.grey_levels import DEPTHS, nearest
from advspace_plugins.attack.lbfgsb.sub_batches import sub_batches
from advspace_plugins.attack.queries import Queries
from advspace_plugins.attack.refusals import NO_LATTICE, OUT_OF_REACH, accepted, refused

CHANCES = (1.0, 10.0, 100.0)
"""What `logit_scale` is multiplied by in turn for images that fail: sharper logits reach targets that others do not."""


@dataclass(frozen=True)
class LBFGSB(Attack):
    """Minimise c ||D||^2 + cross-entropy(f(X + D), target) in the box, each image with its own search for c.

    Args:
        goal: `min_norm`: the closest image that the model takes for the target; `confidence`: the closest to which it
            gives the target with the probability asked for.
        confidence: That probability, in [0.5, 1).
        quantise: `8bit` finds an adversarial of 256 grey levels, which a PNG holds; the table then has the distance of
            the unrounded one too, as `l2_unquantised`.
        logit_scale: What the logits are multiplied by within the cross-entropy; 10 and more come closer to the
            smallest distortion than the paper's 1.  Images that fail are tried again at 10 and 100 times as much.
        explore: Steps of a walk along the boundary before the search, which finds better minima of deep nets; 0 begins
            at the clean image, as the paper.
        epsilon: c is known to this relative precision.
        searching: Relative decrease at which a solve ends while c is searched.
        final: The same for the last solve.
        memory: Correction pairs of L-BFGS-B; the paper's 15 gain nothing.
        iterations: Most iterations per solve.
        gradients: Most gradients per image; None for as many as the search needs.  `quantise` adds 13 to them.
        memory_gib: Memory that the solvers of the images attacked at once may take; the network's comes on top.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, eq. 2 and Algorithm 1.  Departures: c multiplies the distortion, as
    in the authors' code; c is searched on a logarithmic scale with the curvature kept; see `exploration` for where the
    search begins and `solver` for L-BFGS-B's own.
    """

    default_stop: ClassVar[Stop] = Stop("overshoot")

    goal: str = "min_norm"
    confidence: float = 0.9
    quantise: str = "none"
    logit_scale: float = 1.0
    explore: int = 40
    epsilon: float = 0.01
    searching: float = 3e-3
    final: float = 1e-4
    memory: int = 8
    iterations: int = 150
    gradients: int | None = None
    memory_gib: float = 4.0

    def __post_init__(self) -> None:
        Aim(self.goal, self.confidence)
        one_of("quantise", self.quantise, DEPTHS)
        for name in ("epsilon", "logit_scale", "searching", "final", "memory_gib"):
            above(name, getattr(self, name), 0)
        at_least("explore", self.explore, 0)
        at_least("memory", self.memory, 1)
        at_least("iterations", self.iterations, 1)
        if self.gradients is not None:
            at_least("gradients", self.gradients, 2)

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Attack as many images at once as fit in the memory set."""
        parts = sub_batches(image, self.memory, self.memory_gib)
        made = [self._sub_batch(model, image[part], label[part], target[part]) for part in parts]
        return joined(made or [nothing(image)])

    def _sub_batch(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        queries, reasons = self._queries(Problem(model, image, label, target)), refused(image, label, target)
        c = self._searched(queries, reasons)
        tick("attack", int(queries.norm.isinf().sum()))
        result = clip(image + queries.best.nan_to_num(0).reshape(image.shape))
        reached = queries.norm.isfinite() & accepted(reasons, image)
        won = margin(answer(model, result), queries.goal.wanted)
        return Adversarial(
            image=torch.where(reached[:, None, None, None], result, torch.nan),
            success=reached,
            reason=tuple(self._reason(*fact) for fact in zip(reached.tolist(), reasons, strict=True)),
            c=torch.where(reached, c, torch.nan),
            margin=torch.where(reached, won, torch.nan),
            evaluations=queries.evaluations,
        )

    def score_at(self, problem: Problem) -> Scores:
        """The goal's score: the margin, or what is left to the confidence."""
        return self._queries(problem).score_at

    def after_stop(self, problem: Problem, made: Adversarial, stop: Stop) -> Adversarial:
        """Find images of 256 grey levels close by, if asked to."""
        return made if self.quantise == "none" else self._quantised(self._queries(problem), made, stop)

    def _quantised(self, queries: Queries, made: Adversarial, stop: Stop) -> Adversarial:
        image, good = queries.image, made.success
        start = torch.where(good[:, None, None, None], made.image, image)
        lattice = nearest(image, start, queries.score_at, queries.slope_at, stop.beyond)
        reached = good & lattice.found
        unquantised = (start - image).flatten(1).norm(dim=1).where(good, torch.nan)
        facts = zip(made.reason, (good & ~lattice.found).tolist(), strict=True)
        return replace(
            made,
            image=torch.where(reached[:, None, None, None], lattice.image, torch.nan),
            success=reached,
            reason=tuple(NO_LATTICE if lost else reason for reason, lost in facts),
            c=torch.where(reached, made.c, torch.nan),
            evaluations=made.evaluations + queries.evaluations,
            extra={**made.extra, "l2_unquantised": unquantised},
        )

    def _queries(self, problem: Problem) -> Queries:
        goal = Aim(self.goal, self.confidence)(problem.model, problem.image, problem.label, problem.target)
        return Queries(problem.model, problem.image, goal)

    def _searched(self, queries: Queries, reasons: list[str]) -> PerImage:
        """Search for every image; those that fail have another chance with sharper logits, unless gradients are few."""
        c = torch.full_like(queries.norm, torch.nan)
        for sharper in CHANCES if self.gradients is None else CHANCES[:1]:
            left = queries.norm.isinf().tolist()
            rows = [row for row, reason in enumerate(reasons) if left[row] and not reason]
            explore = self.explore if sharper == 1 else max(self.explore, type(self).explore)
            effort = replace(self._effort(), logit_scale=sharper * self.logit_scale, explore=explore)
            result = run(queries, effort, torch.tensor(rows, dtype=torch.int64, device=c.device), reasons)
            c = torch.where(result.isnan(), c, result)
        return c

    def _effort(self) -> Effort:
        return Effort(**{item.name: getattr(self, item.name) for item in fields(Effort)})

    def _reason(self, reached: bool, refusal: str) -> str:
        if reached or refusal:
            return refusal
        return f"no query within {self.gradients} gradients reaches the goal" if self.gradients else OUT_OF_REACH
