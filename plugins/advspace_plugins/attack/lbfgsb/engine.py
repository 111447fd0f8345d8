"""The batched attack: one evaluation of the model per tick serves every image that is still under way."""

from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor

from advspace.box import HIGH, LOW
from advspace.forward.padding import filled_up
from advspace.progress.ticks import tick
from advspace_plugins.attack.lbfgsb.c_search import WeightSearch
from advspace_plugins.attack.lbfgsb.exploration import explore
from advspace_plugins.attack.lbfgsb.solver import Lbfgsb, Precision
from advspace_plugins.attack.queries import Answer, Queries, Rows
from advspace_plugins.attack.refusals import clean_refusal
from advspace_plugins.attack.shapes import Mask, Points, Scalars

COMPACT = 0.75
"""Images that are done leave the batch once fewer than this share are under way: leaving copies the memory."""
EXPLORED = 0.8
"""Largest share of a limited number of gradients that exploration takes."""


@dataclass(frozen=True)
class Effort:
    """How hard the engine tries.

    Args:
        explore: Steps of the walk along the boundary that finds where to begin.
        epsilon: c is known to this relative precision at the end.
        searching: Relative decrease at which a solve of the search ends.
        final: The same for the last solve, at the c that was found.
        memory: Correction pairs.
        iterations: Most iterations per solve.
        logit_scale: What the logits are multiplied by within the loss.
        gradients: Most gradients per image; None for no limit.
    """

    explore: int
    epsilon: float
    searching: float
    final: float
    memory: int
    iterations: int
    logit_scale: float
    gradients: int | None

    @property
    def steps(self) -> int:
        """Steps of exploration that the limit leaves room for."""
        return self.explore if self.gradients is None else min(self.explore, int(EXPLORED * (self.gradients - 2)))

    @property
    def first_scale(self) -> float:
        """What the logits are multiplied by at first: exploration does best half-way to a large scale."""
        return sqrt(self.logit_scale) if self.steps else self.logit_scale


@dataclass
class Live:
    """What is known of the images under way, beside their solvers and searches.

    Args:
        rows: Their places in the whole batch.
        score: The goal's score at the solver's point.
        point: The solver's point at the largest c that succeeded.
        known: The answer there.
        last: Whether the last solve is under way.
        gone: Done, but not yet taken out of the batch.
    """

    rows: Rows
    score: Scalars
    point: Points
    known: Answer
    last: Mask
    gone: Mask

    def keep(self, rows: Tensor) -> None:
        """Keep some images only."""
        for name, held in vars(self).items():
            setattr(self, name, held.of(rows) if isinstance(held, Answer) else held[rows])


def run(queries: Queries, effort: Effort, rows: Rows, reasons: list[str]) -> Scalars:
    """Attack some images of a batch to the end; what was found is in `queries`.

    Args:
        queries: The model and the images.
        effort: How hard to try.
        rows: Which images.
        reasons: Why images are refused; more are written where the answer on the clean image rules one out.

    Returns:
        For every image of the batch the largest c that succeeded; NaN where none did.
    """
    flat = queries.image.flatten(1)
    c = flat.new_full((len(flat),), torch.nan)
    if not len(rows):
        return c
    rows = filled_up(rows)
    clean = queries.ask(torch.zeros_like(flat[rows]), rows, effort.first_scale)
    facts = zip(clean.finite.tolist(), (clean.score > 0).tolist(), clean.gradient.any(1).tolist(), strict=True)
    said = [clean_refusal(*fact) for fact in facts]
    for row, reason in zip(rows.tolist(), said, strict=True):
        reasons[row] = reason
    fit = filled_up(torch.tensor([place for place, reason in enumerate(said) if not reason], device=rows.device))
    if len(fit):
        _search(queries, effort, *_beginning(queries, effort, clean.of(fit), rows[fit]), rows[fit], c)
    return c


def _beginning(queries: Queries, effort: Effort, clean: Answer, rows: Rows) -> tuple[Points, Answer, Scalars]:
    """Where each solver starts, the answer there, and the first c."""
    flat = queries.image.flatten(1)[rows]
    point = torch.zeros_like(flat)
    steep = (4 * effort.first_scale * -clean.score).clamp_min(1e-3)
    cold = clean.gradient.square().sum(1) / steep
    if not effort.steps:
        return point, clean, cold.clamp(1e-8, 1e8)
    point = explore(queries, clean, rows, effort.steps, effort.first_scale)
    answer = queries.ask(point, rows, effort.logit_scale)
    inner = point.masked_fill((flat + point <= LOW) | (flat + point >= HIGH), 0)
    warm = -(answer.gradient * inner).sum(1) / (2 * inner.square().sum(1))  # of the Karush-Kuhn-Tucker conditions
    return point, answer, torch.where(warm > 0, warm, cold).clamp(1e-8, 1e8)


def _search(
    queries: Queries, effort: Effort, point: Points, answer: Answer, weight: Scalars, rows: Rows, c: Tensor
) -> None:
    """Run solvers and searches side by side until every image is done; writes the `c` of the whole batch."""
    flat = queries.image.flatten(1)[rows]
    precision = Precision(decrease=effort.searching, gradient=1e-5, iterations=effort.iterations)
    solver = Lbfgsb(point, LOW - flat, HIGH - flat, weight, effort.memory, precision)
    solver.tell(answer.loss, answer.gradient)
    search = WeightSearch.fresh(weight, effort.epsilon)
    none = torch.zeros_like(rows, dtype=torch.bool)
    live = Live(rows, answer.score, point, answer, none, none.clone())
    while True:
        solver.advance()
        answer = queries.ask(solver.trial, live.rows, effort.logit_scale, ~live.gone)
        ended = solver.tell(answer.loss, answer.gradient)
        live.score = torch.where(solver.turned, answer.score, live.score)
        exact = solver.decrease <= effort.final
        ended = (ended & (~live.last | exact | solver.stuck)) & ~live.gone
        if bool(ended.any()):
            _after_solve(solver, search, live, ended)
        spent = _spent(queries, effort, live)
        finished = (live.gone & ended) | spent
        if bool(finished.any()):
            live.gone = live.gone | spent
            c[live.rows[finished]] = search.low[finished]
            tick("attack", len({row for row in live.rows[finished].tolist() if queries.norm[row].isfinite()}))
            if not _leave(solver, search, live):
                return


def _spent(queries: Queries, effort: Effort, live: Live) -> Mask:
    """Images whose gradients are used up just now."""
    if effort.gradients is None:
        return torch.zeros_like(live.gone)
    return ~live.gone & (queries.evaluations[live.rows] >= effort.gradients)


def _leave(solver: Lbfgsb, search: WeightSearch, live: Live) -> bool:
    """Let images that are done leave the batch once they are many; returns whether any stay."""
    left = filled_up((~live.gone).nonzero()[:, 0])
    if 0 < len(left) < COMPACT * len(live.gone):
        solver.keep(left)
        search.keep(left)
        live.keep(left)
    return len(left) > 0


def _after_solve(solver: Lbfgsb, search: WeightSearch, live: Live, ended: Mask) -> None:
    """Deal with the images whose solve has ended: done, on to the last solve, or on to another c."""
    searching = ended & ~live.last
    better = search.tell(searching, solver.weight, live.score)
    now = Answer(solver.value, solver.gradient, live.score)
    live.point = torch.where(better[:, None], solver.point, live.point)
    live.known = Answer(*(_where(better, new, old) for new, old in zip(now, live.known, strict=True)))
    closed = searching & search.closed
    live.gone = live.gone | (ended & live.last) | (closed & search.low.isnan())
    final = closed & ~search.low.isnan()
    live.last = live.last | final
    solver.jump(final, live.point, live.known.loss, live.known.gradient)
    live.score = torch.where(final, live.known.score, live.score)
    solver.reweight(final, search.low)
    solver.reweight(searching & ~closed, search.next())


def _where(mask: Mask, new: Tensor, old: Tensor) -> Tensor:
    return torch.where(mask[:, None] if new.dim() > 1 else mask, new, old)
