"""Minimise a batch of smooth functions in boxes with L-BFGS-B, in lockstep.

Each problem has its own memory, line search, active set and convergence; one evaluation of the batch serves them all.
The objective is g(x) + c |x|^2.  Each problem has its own weight c, which may change between evaluations without loss
of curvature.  The module is independent of attacks.

Source: Byrd, Lu, Nocedal & Zhu 1995.  Departures: the step is the quasi-Newton step over the variables that are free
at the current point, projected onto the box, instead of the subspace minimum beyond a Cauchy point; backtracking to
sufficient decrease instead of Moré-Thuente, and never a higher value; pairs that do not curve upwards are left out.
A problem that its pairs hold up forgets them, and goes on along the gradient (`Precision.confirm`).
"""

import torch
from torch import Tensor
from torch.linalg import vector_norm

from advspace import AdvspaceError
from advspace_plugins.attack.lbfgsb.ends import End, Precision
from advspace_plugins.attack.lbfgsb.history import History
from advspace_plugins.attack.shapes import Mask, Points, Scalars

SUFFICIENT, SHORTER, TRIES, LAST_TRIES = 1e-4, 0.35, 12, 24
CHANCES = 2
"""Small steps in a row, not trusted, before a problem is given up."""


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
        self.point = self.trial = self.target = start.clamp(low, high)
        self.square = self.point.square().sum(1)
        self.value = torch.full_like(weight, torch.inf)
        self.gradient = torch.zeros_like(start)
        self.slope, self.length = torch.zeros_like(weight), torch.ones_like(weight)
        self.decrease = torch.full_like(weight, precision.decrease)
        self.tries = torch.zeros_like(weight, dtype=torch.int64)
        self.iterations, self.weak = torch.zeros_like(self.tries), torch.zeros_like(self.tries)
        self.end = torch.full_like(self.tries, End.RUNNING)
        self.turned = self.steep = torch.ones_like(weight, dtype=torch.bool)
        self.hindered = ~self.turned
        self.history = History.none(start, memory)
        self._refresh()

    @property
    def total(self) -> Scalars:
        """The whole objective at `point`; infinite before the first finite value."""
        return self.value + self.weight * self.square

    def update(self, value: Scalars, gradient: Points) -> Mask:
        """Take g and its gradient at `trial`; returns which problems are solved (or cannot improve).

        A value that is not finite means that the step was too long.
        """
        before, square = self.total, self.trial.square().sum(1)
        after = value + self.weight * square
        rounding = 10 * torch.finfo(value.dtype).eps * before.abs()
        finite = 0 * (after + gradient.sum(1)) == 0  # not for infinity and NaN
        enough = after <= before + (SUFFICIENT * self.length * self.slope + rounding).clamp_max_(0)
        self.turned = finite & enough
        self.tries = (self.tries + 1).masked_fill_(self.turned, 0)
        turned = self.turned.tolist()
        if not all(turned):
            if not self.precision.confirm:  # a rise within rounding: shorter steps would tell no more
                self.tries.masked_fill_(finite & ~self.turned & (after <= before + rounding), TRIES)
            self.tries.masked_fill_(~self.turned & (before == torch.inf), LAST_TRIES)
        none = torch.zeros_like(self.turned)
        return self._ended(*self._accept(value, gradient, square, before, after) if any(turned) else (none, none, none))

    def _accept(
        self, value: Scalars, gradient: Points, square: Scalars, before: Scalars, after: Scalars
    ) -> tuple[Mask, Mask, Mask]:
        """Move to accepted trials; returns where the gradient vanishes, and where a decrease is small, or counts."""
        stepped = self.turned & (before < torch.inf)
        step, change = self.trial - self.point, gradient - self.gradient
        self.history.add(stepped, step, change, self.weight)
        self._move(self.turned, self.trial, value, gradient, square)
        self._refresh()
        self.iterations = self.iterations + stepped
        size = torch.maximum(before.abs(), after.abs()).clamp_min_(torch.finfo(value.dtype).tiny)
        still = self.turned & (vector_norm(self.pull, torch.inf, 1) <= self.precision.gradient)
        small = stepped & ((before - after) / size <= self.decrease)
        return still, small, self._confirmed(small, step, change, size)

    def _ended(self, still: Mask, small: Mask, confirmed: Mask) -> Mask:
        """Name why problems have ended.  One that its pairs hold up forgets them and goes on along the gradient."""
        if self.precision.confirm:
            failed = self.tries >= torch.where(self.steep, LAST_TRIES, TRIES)
            lost, hindered = failed & self.steep, (failed | small) & ~self.steep
        else:
            lost, hindered = self.tries >= TRIES, self.hindered
        over = self.iterations >= self.precision.iterations
        ended = lost | over | confirmed | still
        self.hindered = hindered & ~ended
        if any(ended.tolist()):
            self.end = torch.where(over, End.ITERATIONS, End.RUNNING).masked_fill_(lost, End.NO_DESCENT)
            self.end.masked_fill_(self.value == torch.inf, End.NOT_FINITE)
            self.end.masked_fill_(confirmed, End.DECREASE).masked_fill_(still, End.GRADIENT)
        return ended

    def _confirmed(self, small: Mask, step: Points, change: Points, size: Scalars) -> Mask:
        """Which of the small decreases are of a minimum: no short or steep step made them, and none larger is near."""
        if not self.precision.confirm:
            return small
        self.weak = torch.where(small, self.weak + 1, self.weak.masked_fill(self.turned, 0))
        if not any(small.tolist()):
            return small
        sure = ~self.steep & (self.length == 1) & (self._promise(step, change) <= self.decrease * size)
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

    def refine(self, mask: Mask, decrease: float) -> None:
        """End the problems in `mask` at another relative decrease from here on."""
        self.decrease = self.decrease.masked_fill(mask, decrease)

    def jump(self, mask: Mask, point: Points, value: Scalars, gradient: Points) -> None:
        """Continue the problems in `mask` from a point where g is known."""
        self._move(mask, point, value, gradient, point.square().sum(1))
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
        if self.precision.confirm and any(self.hindered.tolist()):
            self.history.forget(self.hindered)
            self.tries = self.tries.masked_fill(self.hindered, 0)
            self.turned = self.turned | self.hindered
        turned = self.turned.tolist()
        if any(turned):
            target, slope = self._descend()
            if self.precision.confirm:
                self.steep = torch.where(self.turned, ~self.history.filled.any(1), self.steep)
            if all(turned):
                self.trial, self.target, self.slope, self.length = target, target, slope, torch.ones_like(slope)
                return
            self.target = torch.where(self.turned[:, None], target, self.target)
            self.slope = torch.where(self.turned, slope, self.slope)
        self.length = torch.where(self.turned, 1.0, self.length * SHORTER)
        self.trial = torch.lerp(self.point, self.target, self.length[:, None]).clamp_(self.low, self.high)

    def _move(self, mask: Mask, point: Points, value: Scalars, gradient: Points, square: Scalars) -> None:
        if all(mask.tolist()):
            self.point, self.value, self.gradient, self.square = point, value, gradient, square
            return
        self.point, self.gradient = (
            torch.where(mask[:, None], new, old) for new, old in ((point, self.point), (gradient, self.gradient))
        )
        self.value, self.square = torch.where(mask, value, self.value), torch.where(mask, square, self.square)

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
        held = self.point == torch.where(gradient > 0, self.low, self.high)
        free = (gradient == 0) | ~held
        pull = gradient * free
        size = vector_norm(pull, dim=1)
        target = self._reached(self.history.newton(pull, free, self.weight))
        step = target - self.point
        slope = (gradient * step).sum(1)
        lost = self.turned & ~(slope < -1e-9 * size * vector_norm(step, dim=1))
        if any(lost.tolist()):
            self.history.forget(lost)
            unit = pull / size.clamp_min(torch.finfo(size.dtype).tiny)[:, None]
            target = torch.where(lost[:, None], self._reached(unit), target)
            slope = (gradient * (target - self.point)).sum(1)
        return target, slope

    def _reached(self, step: Points) -> Points:
        return (self.point - step).clamp_(self.low, self.high)

    def _projected(self, step: Points) -> Points:
        return self._reached(step).sub_(self.point)


def _ordered(low: Points, high: Points) -> None:
    wrong = (~(low <= high)).nonzero()
    if len(wrong):
        problem, variable = wrong[0].tolist()
        ends = f"{low[problem, variable]:g} and {high[problem, variable]:g}"
        raise AdvspaceError(
            f"low must be <= high in every variable, but problem {problem} has {ends} in variable {variable}; "
            "correct the box"
        )
