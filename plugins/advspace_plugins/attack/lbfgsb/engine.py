"""The batched attack: each evaluation of the model serves all images that are not finished."""

from dataclasses import dataclass
from math import ceil, sqrt

import torch
from torch import Tensor

from advspace.box import HIGH, LOW
from advspace.forward.padding import padded
from advspace.progress.ticks import tick
from advspace_plugins.attack.asking import Rows
from advspace_plugins.attack.lbfgsb.c_search import CSearch
from advspace_plugins.attack.lbfgsb.ends import Precision
from advspace_plugins.attack.lbfgsb.exploration import explore
from advspace_plugins.attack.lbfgsb.nearest_class import most_classes, settle
from advspace_plugins.attack.lbfgsb.solver import Lbfgsb
from advspace_plugins.attack.queries import Answer, Queries
from advspace_plugins.attack.refusals import clean_refusal
from advspace_plugins.attack.shapes import Mask, Points, Scalars

COMPACT = 0.75
"""Finished images leave the batch when the others are fewer than this share: each removal copies the memory."""
EXPLORE = 40
"""Steps of exploration unless a number is given or the gradients are limited."""
SOLVING, PART = 35, 0.25
"""Gradients that exploration leaves for the search, if they are limited: so many, or this part of all."""


@dataclass(frozen=True)
class Effort:
    """The engine's precisions and limits.

    Args:
        explore: Steps of the walk along the boundary that finds the start; None for as many as the limit of gradients
            allows, or 40 without a limit.
        epsilon: Relative precision of the final c.
        searching: Relative decrease at which a solve of the search ends.
        final: The same for the last solve, at the final c.
        memory: Correction pairs.
        iterations: Maximum iterations per solve.
        logit_scale: Factor on the logits within the loss.
        gradients: Maximum gradients per image; None for no limit.
    """

    explore: int | None
    epsilon: float
    searching: float
    final: float
    memory: int
    iterations: int
    logit_scale: float
    gradients: int | None

    def steps(self, reserved: int = 0) -> int:
        """Steps of exploration within the limit of gradients, of which some are reserved for other uses."""
        if self.gradients is None:
            return EXPLORE if self.explore is None else self.explore
        left = max(0, self.gradients - 2 - reserved)
        most = left - min(SOLVING, ceil(PART * left))
        return most if self.explore is None else min(self.explore, most)

    @property
    def first_scale(self) -> float:
        """Factor on the logits at first: exploration works best with the square root of a large scale."""
        return sqrt(self.logit_scale) if self.steps() else self.logit_scale


@dataclass
class Active:
    """State of the active images, beside their solvers and searches.

    Args:
        rows: Their indices in the whole batch.
        score: The goal's score at the solver's point.
        point: The solver's point at the largest c that succeeded.
        known: The answer there.
        last: Whether the last solve has begun.
        live: Whether the image is not finished; finished ones may still be in the batch.
    """

    rows: Rows
    score: Scalars
    point: Points
    known: Answer
    last: Mask
    live: Mask

    def keep(self, rows: Tensor) -> None:
        """Keep some images only."""
        for name, held in vars(self).items():
            setattr(self, name, held.of(rows) if isinstance(held, Answer) else held[rows])


def run(queries: Queries, effort: Effort, rows: Rows, reasons: list[str]) -> Scalars:
    """Attack some images of a batch to the end; the results are in `queries`.

    Args:
        queries: The model and the images.
        effort: Precisions and limits.
        rows: Which images.
        reasons: Why images are refused; updated in place after the query of the clean images.

    Returns:
        For every image of the batch the largest c that succeeded; NaN if none did.
    """
    flat = queries.image.flatten(1)
    c = flat.new_full((len(flat),), torch.nan)
    if not len(rows):
        return c
    rows = padded(rows)
    clean = queries.ask(torch.zeros_like(flat[rows]), rows, effort.first_scale)
    facts = zip(clean.finite.tolist(), (clean.score > 0).tolist(), clean.gradient.any(1).tolist(), strict=True)
    refusals = [clean_refusal(*fact) for fact in facts]
    for row, reason in zip(rows.tolist(), refusals, strict=True):
        reasons[row] = reason
    good = torch.tensor([not reason for reason in refusals], device=rows.device)
    free = queries.goal.free[rows]
    for some in (good & ~free, good & free):
        fit = padded(some.nonzero()[:, 0])
        if len(fit):
            _search(queries, effort, *_beginning(queries, effort, clean.of(fit), rows[fit]), rows[fit], c)
    return c


def _beginning(queries: Queries, effort: Effort, clean: Answer, rows: Rows) -> tuple[Points, Answer, Scalars]:
    """The start of each solver, the answer there, and the first c; the rows are all free to choose a class, or none."""
    flat = queries.image.flatten(1)[rows]
    point = torch.zeros_like(flat)
    steep = (4 * effort.first_scale * -clean.score).clamp_min(1e-3)
    cold = clean.gradient.square().sum(1) / steep
    free, classes = bool(queries.goal.free[rows].any()), most_classes(effort.gradients)
    steps = effort.steps(classes + 2 if free else 0)
    if free:
        settle(queries, rows, classes, steps, effort.first_scale)
    if not steps:
        answer = queries.ask(point, rows, effort.logit_scale) if free and classes else clean
        return point, answer, cold.clamp(1e-8, 1e8)
    point = queries.best[rows].nan_to_num(0) if free else explore(queries, clean, rows, steps, effort.first_scale)
    answer = queries.ask(point, rows, effort.logit_scale)
    inner = point.masked_fill((flat + point <= LOW) | (flat + point >= HIGH), 0)
    warm = -(answer.gradient * inner).sum(1) / (2 * inner.square().sum(1))  # of the Karush-Kuhn-Tucker conditions
    return point, answer, torch.where(warm > 0, warm, cold).clamp(1e-8, 1e8)


def _search(
    queries: Queries, effort: Effort, point: Points, answer: Answer, weight: Scalars, rows: Rows, c: Tensor
) -> None:
    """Run solvers and searches in lockstep until every image is finished; writes into `c` of the whole batch."""
    flat = queries.image.flatten(1)[rows]
    precision = Precision(decrease=effort.searching, gradient=1e-5, iterations=effort.iterations, confirm=False)
    solver = Lbfgsb(point, LOW - flat, HIGH - flat, weight, effort.memory, precision)
    solver.update(answer.loss, answer.gradient)
    search = CSearch.first(weight, effort.epsilon)
    none = torch.zeros_like(rows, dtype=torch.bool)
    active = Active(rows, answer.score, point, answer, none, ~none)
    while True:
        solver.advance()
        answer = queries.ask(solver.trial, active.rows, effort.logit_scale, active.live)
        ended = solver.update(answer.loss, answer.gradient)
        active.score = torch.where(solver.turned, answer.score, active.score)
        finished = _spent(queries, effort, active)
        if any(ended.tolist()):
            finished = finished | _after_solve(solver, search, active, ended & active.live, effort.final)
        if any(finished.tolist()):
            active.live = active.live & ~finished
            c[active.rows[finished]] = search.low[finished]
            tick("attack", len({row for row in active.rows[finished].tolist() if queries.norm[row].isfinite()}))
            if not _leave(solver, search, active):
                return


def _spent(queries: Queries, effort: Effort, active: Active) -> Mask:
    """Images that have just reached their limit of gradients."""
    if effort.gradients is None:
        return torch.zeros_like(active.live)
    return active.live & (queries.evaluations[active.rows] >= effort.gradients)


def _leave(solver: Lbfgsb, search: CSearch, active: Active) -> bool:
    """Remove finished images from the batch if they are many; returns whether any image remains."""
    left = padded(active.live.nonzero()[:, 0])
    if 0 < len(left) < COMPACT * len(active.live):
        solver.keep(left)
        search.keep(left)
        active.keep(left)
    return len(left) > 0


def _after_solve(solver: Lbfgsb, search: CSearch, active: Active, ended: Mask, decrease: float) -> Mask:
    """Begin the last solve of some images whose solve has ended, or try another c; returns the others: finished."""
    searching = ended & ~active.last
    better = search.update(searching, solver.weight, active.score)
    if any(better.tolist()):
        now = Answer(solver.value, solver.gradient, active.score)
        active.point = _where(better, solver.point, active.point)
        active.known = Answer(*(_where(better, new, old) for new, old in zip(now, active.known, strict=True)))
    closed, lost = searching & search.closed, search.low.isnan()
    final, other = closed & ~lost, searching & ~closed
    if any(final.tolist()):
        active.last = active.last | final
        solver.refine(final, decrease)
        solver.jump(final, active.point, active.known.loss, active.known.gradient)
        active.score = torch.where(final, active.known.score, active.score)
    solver.reweight(final | other, torch.where(final, search.low, search.next()))
    return (ended & active.last & ~final) | (closed & lost)


def _where(mask: Mask, new: Tensor, old: Tensor) -> Tensor:
    return torch.where(mask[:, None] if new.dim() > 1 else mask, new, old)
