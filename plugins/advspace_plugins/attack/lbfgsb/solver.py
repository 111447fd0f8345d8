"""Minimise a batch of smooth functions in boxes with L-BFGS-B, in lockstep.

Each problem has its own memory, line search, active set and convergence; one evaluation of the batch serves them all.
The objective is g(x) + c |x|^2.  Each problem has its own weight c, which may change between evaluations without loss
of curvature.  The module is independent of attacks.

Source: Byrd, Lu, Nocedal & Zhu 1995.  Departures: the step is the quasi-Newton step over the variables that are free
at the current point, projected onto the box, instead of the subspace minimum beyond a Cauchy point; backtracking to
sufficient decrease instead of Moré-Thuente, and never a higher value; pairs that do not curve upwards are left out.
A problem that its pairs hold up forgets them, and goes on along the gradient (`Precision.confirm`).
"""

from dataclasses import dataclass
from enum import IntEnum

import torch
from torch import Tensor

from advspace import AdvspaceError
from advspace_plugins.attack.lbfgsb.history import History
from advspace_plugins.attack.shapes import Mask, Points, Scalars

SUFFICIENT, SHORTER, TRIES, LAST_TRIES = 1e-4, 0.35, 12, 24
CHANCES = 2
"""Small steps in a row, not trusted, before a problem is given up."""


class End(IntEnum):
    """Why a problem has ended.

    `RUNNING`: it has not.  `GRADIENT`: the projected gradient is within its limit.  `DECREASE`: the relative decrease
    is, and is confirmed if this is wanted.  `NO_DESCENT`: no step along the projected gradient decreases the objective.
    `ITERATIONS`: the limit of iterations is reached.  `NOT_FINITE`: the start has no finite value or gradient.
    """

    RUNNING = 0
    GRADIENT = 1
    DECREASE = 2
    NO_DESCENT = 3
    ITERATIONS = 4
    NOT_FINITE = 5


@dataclass(frozen=True)
class Precision:
    """A problem counts as solved when it meets any of these limits.

    Args:
        decrease: Upper limit of the relative decrease of one step.
        gradient: Upper limit of the projected gradient's components.
        iterations: Maximum steps.
        confirm: Whether an end needs confirmation: a small decrease counts only after a full quasi-Newton step, and
            where the projected gradient promises no larger one; no descent counts only along the gradient.
    """

    decrease: float = 2.2e-9
    gradient: float = 1e-5
    iterations: int = 150
    confirm: bool = True


class Lbfgsb:
    """The state of a batch of problems: evaluate g at `trial`, `update`, handle the solved problems, `advance`.

    Args:
        start: First points; clipped to the box.
        low: Lower ends of the box.
        high: Upper ends of the box; equal ends fix a variable.
        weight: c of each problem, >= 0.
        memory: Number of pairs.
        precision: When a problem is solved.

    Raises:
        AdvspaceError: `low` is above `high`, or either is NaN.
    """

    def __init__(
        self, start: Points, low: Points, high: Points, weight: Scalars, memory: int, precision: Precision
    ) -> None:
        _ordered(low, high)
        self.low, self.high, self.weight, self.precision = low, high, weight, precision
        self.point = self.trial = start.clamp(low, high)
        self.value = torch.full_like(weight, torch.inf)
        self.gradient = torch.zeros_like(start)
        self.target = self.point
        self.slope = torch.zeros_like(weight)
        self.length = torch.ones_like(weight)
        self.tries = torch.zeros_like(weight, dtype=torch.int64)
        self.iterations = torch.zeros_like(self.tries)
        self.first = torch.ones_like(weight, dtype=torch.bool)
        self.turned = self.first.clone()
        self.decrease = torch.full_like(weight, torch.inf)
        self.stuck = ~self.first
        self.hindered = ~self.first
        self.steep = self.first.clone()
        self.weak = torch.zeros_like(self.tries)
        self.end = torch.full_like(self.tries, End.RUNNING)
        self.history = History.none(start, memory)
        self.stale = True

    @property
    def total(self) -> Scalars:
        """The whole objective at `point`."""
        return self.value + self.weight * self.point.square().sum(1)

    def update(self, value: Scalars, gradient: Points) -> Mask:
        """Take g and its gradient at `trial`; returns which problems are solved (or cannot improve).

        A value that is not finite means that the step was too long.
        """
        before, step, change = self.total, self.trial - self.point, gradient - self.gradient
        after = value + self.weight * self.trial.square().sum(1)
        finite = torch.isfinite(after) & torch.isfinite(gradient.sum(1))
        rounding = 10 * torch.finfo(value.dtype).eps * before.abs()
        enough = after <= before + (SUFFICIENT * self.length * self.slope + rounding).clamp_max(0)
        accepted = finite & (self.first | enough)
        stepped = accepted & ~self.first
        self.history.add(stepped, step, change, self.weight)
        self._move(accepted, self.trial, value, gradient)
        self.tries = torch.where(accepted, 0, self.tries + 1)
        if not self.precision.confirm:  # a rise within rounding: shorter steps would tell no more
            self.tries = torch.where(finite & ~accepted & (after <= before + rounding), TRIES, self.tries)
        self.iterations = self.iterations + stepped.to(self.iterations.dtype)
        self.first, self.turned = self.first & ~accepted, accepted
        size = torch.maximum(before.abs(), after.abs()).clamp_min(torch.finfo(value.dtype).tiny)
        self.decrease = torch.where(stepped, (before - after) / size, self.decrease)
        self._refresh()
        small = stepped & (self.decrease <= self.precision.decrease)
        return self._ended(accepted, small, self._confirmed(small, step, change, size))

    def _ended(self, accepted: Mask, small: Mask, confirmed: Mask) -> Mask:
        """Name why problems have ended.  One that its pairs hold up forgets them and goes on along the gradient."""
        failed = self.tries >= torch.where(self.steep & self.precision.confirm, LAST_TRIES, TRIES)
        still = accepted & (self.pull.abs().amax(1) <= self.precision.gradient)
        self.end = torch.where(self.iterations >= self.precision.iterations, End.ITERATIONS, End.RUNNING)
        self.end = torch.where(failed & (self.steep | (not self.precision.confirm)), End.NO_DESCENT, self.end)
        self.end = torch.where(self.first, End.NOT_FINITE, self.end)
        self.end = torch.where(confirmed, End.DECREASE, self.end)
        self.end = torch.where(still, End.GRADIENT, self.end)
        running = self.end == End.RUNNING
        self.hindered = running & (failed | small) & ~self.steep
        self.stuck = ~running & (self.end != End.DECREASE)
        return ~running

    def _confirmed(self, small: Mask, step: Points, change: Points, size: Scalars) -> Mask:
        """Which of the small decreases are of a minimum: no short or steep step made them, and none larger is near."""
        self.weak = torch.where(small, self.weak + 1, self.weak.masked_fill(self.turned, 0))
        if not (self.precision.confirm and bool(small.any())):
            return small
        sure = ~self.steep & (self.length == 1) & (self._promise(step, change) <= self.precision.decrease * size)
        return small & (sure | (self.weak > CHANCES))

    def _promise(self, step: Points, change: Points) -> Scalars:
        """The decrease that a step along the projected gradient promises, with Shanno's scale of the last step."""
        change = change + 2 * self.weight[:, None] * step
        tiny = torch.finfo(step.dtype).tiny
        scale = (step * change).sum(1).clamp_min(0) / change.square().sum(1).clamp_min(tiny)
        return -(self.total_gradient * self._projected(scale[:, None] * self.total_gradient)).sum(1) / 2

    def reweight(self, mask: Mask, weight: Scalars) -> None:
        """Continue the problems in `mask` with another c; nothing is evaluated again and no curvature is lost."""
        self.weight = torch.where(mask, weight, self.weight)
        self._again(mask)

    def jump(self, mask: Mask, point: Points, value: Scalars, gradient: Points) -> None:
        """Continue the problems in `mask` from a point where g is known."""
        self._move(mask, point, value, gradient)
        self._again(mask)

    def keep(self, rows: Tensor) -> None:
        """Keep some problems only."""
        self.history.keep(rows)
        for name, held in vars(self).items():
            if isinstance(held, Tensor):
                setattr(self, name, held[rows])

    def advance(self) -> None:
        """Choose the next `trial`: a new direction if the last step was accepted, else a shorter step."""
        if self.stale:
            self._refresh()
        if bool(self.hindered.any()):
            self.history.forget(self.hindered)
            self.tries = self.tries.masked_fill(self.hindered, 0)
            self.turned = self.turned | self.hindered
        if bool(self.turned.any()):
            target, slope = self._descend()
            self.target = _where(self.turned, target, self.target)
            self.slope = torch.where(self.turned, slope, self.slope)
            self.steep = torch.where(self.turned, ~self.history.filled.any(1), self.steep)
        self.length = torch.where(self.turned, 1.0, self.length * SHORTER)
        self.trial = torch.lerp(self.point, self.target, self.length[:, None]).clamp(self.low, self.high)

    def _move(self, mask: Mask, point: Points, value: Scalars, gradient: Points) -> None:
        self.point = _where(mask, point, self.point)
        self.value = torch.where(mask, value, self.value)
        self.gradient = _where(mask, gradient, self.gradient)

    def _refresh(self) -> None:
        """Compute the gradient of the whole objective, and the gradient step projected onto the box."""
        self.total_gradient = torch.addcmul(self.gradient, self.point, 2 * self.weight[:, None])
        self.pull = self._projected(self.total_gradient)
        self.stale = False

    def _again(self, mask: Mask) -> None:
        self.tries = self.tries.masked_fill(mask, 0)
        self.weak = self.weak.masked_fill(mask, 0)
        self.iterations = self.iterations.masked_fill(mask, 0)
        self.turned = self.turned | mask
        self.stale = True

    def _descend(self) -> tuple[Points, Scalars]:
        """The projected quasi-Newton step and the slope along it.

        If the step leads uphill, the memory is dropped and the gradient is followed.
        """
        gradient = self.total_gradient
        free = ~(((self.point <= self.low) & (gradient > 0)) | ((self.point >= self.high) & (gradient < 0)))
        free_gradient = gradient * free
        target = self._reached(self.history.newton(free_gradient, free, self.weight))
        slope = (gradient * (target - self.point)).sum(1)
        distance = (target - self.point).norm(dim=1)
        lost = self.turned & ~(slope < -1e-9 * free_gradient.norm(dim=1) * distance)
        if bool(lost.any()):
            self.history.forget(lost)
            size = free_gradient.norm(dim=1, keepdim=True).clamp_min(torch.finfo(gradient.dtype).tiny)
            target = _where(lost, self._reached(free_gradient / size), target)
            slope = (gradient * (target - self.point)).sum(1)
        return target, slope

    def _reached(self, step: Points) -> Points:
        return (self.point - step).clamp(self.low, self.high)

    def _projected(self, step: Points) -> Points:
        return self._reached(step) - self.point


def _ordered(low: Points, high: Points) -> None:
    wrong = (~(low <= high)).nonzero()
    if len(wrong):
        problem, variable = wrong[0].tolist()
        ends = f"{low[problem, variable]:g} and {high[problem, variable]:g}"
        raise AdvspaceError(
            f"low must be <= high in every variable, but problem {problem} has {ends} in variable {variable}; "
            "correct the box"
        )


def _where(mask: Mask, new: Points, old: Points) -> Points:
    return new if bool(mask.all()) else torch.where(mask[:, None], new, old)
