"""The batched attack: one evaluation of the model per tick serves every image that is still under way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from advspace import margin
from advspace.box import HIGH, LOW
from advspace.progress import tick
from advspace.shapes import Images, Labels, PerImage
from advspace_plugins.attack.objective import CLEAR
from advspace_plugins.attack.solver import Lbfgsb, Precision
from advspace_plugins.attack.weight_search import WeightSearch

COMPACT = 0.75
"""Images that are done leave the batch once fewer than this share are under way: leaving copies the memory."""


@dataclass(frozen=True)
class Effort:
    """How hard the engine tries.

    Args:
        epsilon: c is known to this relative precision at the end.
        searching: Relative decrease at which a solve of the search ends.
        final: The same for the last solve, at the c that was found.
        memory: Correction pairs.
        iterations: Most iterations per solve.
        logit_scale: What the logits are multiplied by within the cross-entropy.
    """

    epsilon: float
    searching: float
    final: float
    memory: int
    iterations: int
    logit_scale: float


@dataclass
class Outcome:
    """What became of each image; distortions flat, NaN where no query reached the target.

    Args:
        distortion: The smallest that reached the target.
        norm: Its length; infinite where there is none.
        c: The largest c that succeeded.
        evaluations: Gradients spent.
        refused: Why an image was not attacked at all; empty where it was.
    """

    distortion: Tensor
    norm: Tensor
    c: Tensor
    evaluations: Tensor
    refused: list[str]


@dataclass
class Live:
    """What is known of the images under way, beside their solvers and searches.

    Args:
        rows: Their places in the whole batch.
        margin: Scaled margin at the solver's point.
        known: The solver's point, value and gradient at the largest c that succeeded, and the margin there.
        last: Whether the last solve is under way.
        gone: Done, but not yet taken out of the batch.
    """

    rows: Tensor
    margin: Tensor
    known: tuple[Tensor, Tensor, Tensor, Tensor]
    last: Tensor
    gone: Tensor

    def keep(self, rows: Tensor) -> None:
        """Keep some images only."""
        self.rows, self.margin, self.last, self.gone = (
            held[rows] for held in (self.rows, self.margin, self.last, self.gone)
        )
        self.known = tuple(held[rows] for held in self.known)  # type: ignore[assignment]


def run(model: nn.Module, image: Images, target: Labels, effort: Effort) -> Outcome:
    """Attack a batch to the end.

    Args:
        model: Frozen network.
        image: Clean images in the box.
        target: The classes wanted.
        effort: How hard to try.
    """
    flat = image.flatten(1)
    evaluate = evaluator(model, image, target, effort.logit_scale)
    rows = torch.arange(len(image), device=image.device)
    outcome = Outcome(
        distortion=torch.full_like(flat, torch.nan),
        norm=torch.full_like(flat[:, 0], torch.inf),
        c=torch.full_like(flat[:, 0], torch.nan),
        evaluations=torch.zeros_like(rows),
        refused=[""] * len(image),
    )
    if not len(image):
        return outcome
    value, gradient, won = evaluate(torch.zeros_like(flat), rows)
    outcome.evaluations += 1
    outcome.refused = _refused(value, gradient, won)
    rows = rows[torch.tensor([not reason for reason in outcome.refused], device=rows.device)]
    tick("attack", len(image) - len(rows))
    if len(rows):
        _search(evaluate, flat[rows], (value[rows], gradient[rows], won[rows]), rows, effort, outcome)
    return outcome


def _refused(value: Tensor, gradient: Tensor, won: Tensor) -> list[str]:
    finite = torch.isfinite(value) & torch.isfinite(gradient).all(1)
    facts = zip(finite.tolist(), (won > 0).tolist(), gradient.any(1).tolist(), strict=True)
    return [_refusal(*fact) for fact in facts]


def _refusal(finite: bool, won: bool, slope: bool) -> str:
    if not finite:
        return "the model's loss or gradient is NaN or infinite"
    if won:
        return "the model gives the target on the clean image already"
    return "" if slope else "the gradient of the loss is zero at the clean image"


def _search(
    evaluate: Callable[..., Any],
    flat: Tensor,
    clean: tuple[Tensor, Tensor, Tensor],
    rows: Tensor,
    effort: Effort,
    outcome: Outcome,
) -> None:
    """Run solvers and searches side by side until every image is done; writes the outcome."""
    value, gradient, won = clean
    weight = (gradient.square().sum(1) / (4 * (-won).clamp_min(1e-3))).clamp(1e-8, 1e8)
    precision = Precision(decrease=effort.searching, gradient=1e-5, iterations=effort.iterations)
    origin = torch.zeros_like(flat)
    solver = Lbfgsb(origin, LOW - flat, HIGH - flat, weight, effort.memory, precision)
    solver.tell(value, gradient)
    search = WeightSearch.fresh(weight, effort.epsilon)
    none = torch.zeros_like(rows, dtype=torch.bool)
    live = Live(rows, won, (origin, value, gradient, won), none, none.clone())
    solver.advance()
    while True:
        value, gradient, won = evaluate(solver.trial, live.rows)
        outcome.evaluations[live.rows[~live.gone]] += 1
        _remember(outcome, live, solver.trial, won / effort.logit_scale)
        ended = solver.tell(value, gradient)
        live.margin = torch.where(solver.turned, won, live.margin)
        exact = solver.decrease <= effort.final
        ended = (ended & (~live.last | exact | solver.stuck)) & ~live.gone
        if bool(ended.any()):
            _after_solve(solver, search, live, ended)
            finished = live.gone & ended
            outcome.c[live.rows[finished]] = search.low[finished]
            tick("attack", int(finished.sum()))
            left = (~live.gone).nonzero()[:, 0]
            if not len(left):
                return
            if len(left) < COMPACT * len(live.gone):
                solver.keep(left)
                search.keep(left)
                live.keep(left)
        solver.advance()


def _after_solve(solver: Lbfgsb, search: WeightSearch, live: Live, ended: Tensor) -> None:
    """Deal with the images whose solve has ended: done, on to the last solve, or on to another c."""
    searching = ended & ~live.last
    better = search.tell(searching, solver.weight, live.margin)
    now = (solver.point, solver.value, solver.gradient, live.margin)
    live.known = tuple(  # type: ignore[assignment]
        torch.where(better[:, None] if new.dim() > 1 else better, new, old)
        for new, old in zip(now, live.known, strict=True)
    )
    closed = searching & search.closed
    live.gone = live.gone | (ended & live.last) | (closed & search.low.isnan())
    final = closed & ~search.low.isnan()
    live.last = live.last | final
    solver.jump(final, *live.known[:3])
    live.margin = torch.where(final, live.known[3], live.margin)
    solver.reweight(final, search.low)
    solver.reweight(searching & ~closed, search.next())


def _remember(outcome: Outcome, live: Live, trial: Tensor, won: Tensor) -> None:
    """Keep the smallest distortion of all queries that clearly reach the target."""
    norm = trial.norm(dim=1)
    better = (won > CLEAR) & (norm < outcome.norm[live.rows]) & ~live.gone
    rows = live.rows[better]
    outcome.norm[rows], outcome.distortion[rows] = norm[better], trial[better]


def evaluator(model: nn.Module, image: Images, target: Labels, scale: float) -> Callable[..., Any]:
    """Cross-entropy of the scaled logits, its gradient in the distortion, and the scaled margin."""

    def evaluate(distortion: Tensor, rows: Tensor) -> tuple[PerImage, Tensor, PerImage]:
        wanted = target[rows]
        with torch.enable_grad():
            point = (image[rows] + distortion.reshape(-1, *image.shape[1:])).requires_grad_()
            logits = scale * model(point)
            loss = functional.cross_entropy(logits.float(), wanted, reduction="none")
            (slope,) = torch.autograd.grad(loss.sum(), point)
        return loss.detach(), slope.flatten(1), margin(logits.detach(), wanted)

    return evaluate
