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
from advspace_plugins.attack.lbfgsb.engine import EXPLORE, Effort, run
from advspace_plugins.attack.lbfgsb.grey_levels import DEPTHS, nearest
from advspace_plugins.attack.lbfgsb.rescaling import rescaling
from advspace_plugins.attack.lbfgsb.sub_batches import sub_batches
from advspace_plugins.attack.queries import Queries
from advspace_plugins.attack.refusals import NO_GREY_LEVELS, OUT_OF_REACH, accepted, refused

SHARP = 10.0
"""Factor on the logits: 10 leaves 0.1 % to the exact minimum of linear models where 1 leaves 2 %; 100 is slower."""
CHANCES = (1.0, 10.0, 100.0)
"""Factors on `logit_scale`, tried in turn on images that fail: sharper logits reach more targets."""


@dataclass(frozen=True)
class LBFGSB(Attack):
    """Minimise c ||D||^2 + cross-entropy(f(X + D), target) in the box, each image with its own search for c.

    Args:
        goal: `min_norm`: the closest image that the model gives the target class; `confidence`: the closest image whose
            target class has at least the probability `confidence`.
        confidence: That probability, in [0.5, 1).
        quantise: `8bit` finds an adversarial of 256 grey levels, which a PNG can store.  The table then also has the
            distance of the unrounded one, `l2_unquantised`.
        logit_scale: Factor on the logits within the cross-entropy; null is 10, which gives smaller distortions than the
            paper's 1, and 1 if the goal is a probability.  Images that fail are tried again with 10 and 100 times this
            factor.  Logits of an unusual size are brought to a usual one first (`rescaling`), unless the goal is a
            probability.
        explore: Steps of a walk along the boundary before the search; it finds better minima on deep networks.  Null is
            40, or about three quarters of `gradients`; 0 starts at the clean image, as the paper does.
        epsilon: Relative precision of c.
        searching: Relative decrease at which a solve ends during the search for c.
        final: The same for the last solve.
        memory: Correction pairs of L-BFGS-B; the paper's 15 gain nothing.
        iterations: Maximum iterations per solve.
        gradients: Maximum gradients per image; None for as many as the search needs.  `quantise` adds 13.
        memory_gib: Memory for the solvers of the images attacked at once, in GiB; the network needs its own beside it.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, eq. 2 and Algorithm 1.  Departures: c multiplies the distortion, as
    in the authors' code; c is searched on a logarithmic scale and the curvature is kept; `exploration` describes the
    start of the search, and `solver` the departures from L-BFGS-B.
    """

    default_stop: ClassVar[Stop] = Stop("overshoot")

    goal: str = "min_norm"
    confidence: float = 0.9
    quantise: str = "none"
    logit_scale: float | None = None
    explore: int | None = None
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
        for name in ("epsilon", "searching", "final", "memory_gib"):
            above(name, getattr(self, name), 0)
        if self.logit_scale is not None:
            above("logit_scale", self.logit_scale, 0)
        if self.explore is not None:
            at_least("explore", self.explore, 0)
        at_least("memory", self.memory, 1)
        at_least("iterations", self.iterations, 1)
        if self.gradients is not None:
            at_least("gradients", self.gradients, 2)

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Attack as many images at once as fit into `memory_gib`."""
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
            forwards=torch.ones_like(won),
        )

    def score_at(self, problem: Problem) -> Scores:
        """The goal's score: the margin, limited by the confidence if that is the goal."""
        return self._queries(problem).score_at

    def after_stop(self, problem: Problem, made: Adversarial, stop: Stop) -> Adversarial:
        """Find close images of 256 grey levels if `quantise` is set."""
        return made if self.quantise == "none" else self._quantised(self._queries(problem), made, stop)

    def _quantised(self, queries: Queries, made: Adversarial, stop: Stop) -> Adversarial:
        image, good = queries.image, made.success
        start = torch.where(good[:, None, None, None], made.image, image)
        quantised = nearest(image, start, queries.score_at, queries.slope_at, stop.beyond)
        reached = good & quantised.exists
        unquantised = (start - image).flatten(1).norm(dim=1).where(good, torch.nan)
        facts = zip(made.reason, (good & ~quantised.exists).tolist(), strict=True)
        return replace(
            made,
            image=torch.where(reached[:, None, None, None], quantised.image, torch.nan),
            success=reached,
            reason=tuple(NO_GREY_LEVELS if lost else reason for reason, lost in facts),
            c=torch.where(reached, made.c, torch.nan),
            evaluations=made.evaluations + queries.evaluations,
            forwards=None if made.forwards is None else made.forwards + queries.forwards,
            extra={**made.extra, "l2_unquantised": unquantised},
        )

    def _queries(self, problem: Problem) -> Queries:
        goal = Aim(self.goal, self.confidence)(problem.model, problem.image, problem.label, problem.target)
        means = self.goal == "confidence"  # a probability: there the size of the logits is part of the goal
        factor = None if means else rescaling(problem.model, problem.image)
        if factor is not None and not bool((factor != 1).any()):
            factor = None
        return Queries(problem.model, problem.image, goal, factor)

    def _searched(self, queries: Queries, reasons: list[str]) -> PerImage:
        """Search c for every image; failed images are tried again with sharper logits, unless gradients are limited."""
        c = torch.full_like(queries.norm, torch.nan)
        for sharper in CHANCES if self.gradients is None else CHANCES[:1]:
            left = queries.norm.isinf().tolist()
            rows = [row for row, reason in enumerate(reasons) if left[row] and not reason]
            effort = self._effort(sharper)
            result = run(queries, effort, torch.tensor(rows, dtype=torch.int64, device=c.device), reasons)
            c = torch.where(result.isnan(), c, result)
        return c

    def _effort(self, sharper: float) -> Effort:
        """The precisions and limits, with sharper logits for another try; that one always explores."""
        usual = SHARP if self.goal == "min_norm" else 1.0
        scale = usual if self.logit_scale is None else self.logit_scale
        explore = self.explore if sharper == 1 else max(self.explore or 0, EXPLORE)
        given = {item.name: getattr(self, item.name) for item in fields(Effort)}
        return Effort(**given | {"logit_scale": sharper * scale, "explore": explore})

    def _reason(self, reached: bool, refusal: str) -> str:
        if reached or refusal:
            return refusal
        return f"no query within {self.gradients} gradients reaches the goal" if self.gradients else OUT_OF_REACH
