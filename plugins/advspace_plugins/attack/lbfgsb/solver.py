"""Minimise a batch of smooth functions in boxes with L-BFGS-B, in lockstep.

Each problem has its own memory, line search, active set and convergence; one evaluation of the batch serves them all.
The objective is g(x) + c |x|^2.  Each problem has its own weight c, which may change between evaluations without loss
of curvature.  The module is independent of attacks.

Source: Byrd, Lu, Nocedal & Zhu 1995.  Departures: the step is the quasi-Newton step over the variables that are free
at the current point, projected onto the box, instead of the subspace minimum beyond a Cauchy point; backtracking to
sufficient decrease instead of Moré-Thuente; pairs that do not curve upwards are left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from advspace_plugins.attack.lbfgsb.history import History
from advspace_plugins.attack.shapes import Mask, Points, Scalars

SUFFICIENT, SHORTER, TRIES = 1e-4, 0.35, 12


@dataclass(frozen=True)
class Precision:
    """A problem counts as solved when it meets any of these limits.

    Args:
        decrease: Upper limit of the relative decrease of one step.
        gradient: Upper limit of the projected gradient's components.
        iterations: Maximum steps.
    """

    decrease: float = 2.2e-9
    gradient: float = 1e-5
    iterations: int = 150


class Lbfgsb:
    """The state of a batch of problems: evaluate g at `trial`, `update`, handle the solved problems, `advance`.

    Args:
        start: First points; clipped to the box.
        low: Lower ends of the box.
        high: Upper ends of the box; equal ends fix a variable.
        weight: c of each problem, >= 0.
        memory: Number of pairs.
        precision: When a problem is solved.
    """

    def __init__(
        self, start: Points, low: Points, high: Points, weight: Scalars, memory: int, precision: Precision
    ) -> None:
        self.low, self.high, self.weight, self.precision = low, high, weight, precision
        self.point = self.trial = start.clamp(low, high)
        self.value = torch.full_like(weight, torch.inf)
        self.gradient = torch.zeros_like(start)
        self.direction = torch.zeros_like(start)
        self.slope = torch.zeros_like(weight)
        self.length = torch.ones_like(weight)
        self.tries = torch.zeros_like(weight, dtype=torch.int64)
        self.iterations = torch.zeros_like(self.tries)
        self.first = torch.ones_like(weight, dtype=torch.bool)
        self.turned = self.first.clone()
        self.decrease = torch.full_like(weight, torch.inf)
        self.stuck = ~self.first
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
        before = self.total
        after = value + self.weight * self.trial.square().sum(1)
        rounding = 10 * torch.finfo(value.dtype).eps * before.abs()
        finite = torch.isfinite(after) & torch.isfinite(gradient.sum(1))
        enough = after <= before + SUFFICIENT * self.length * self.slope + rounding
        accepted = finite & (self.first | enough)
        stepped = accepted & ~self.first
        self.history.add(stepped, self.trial - self.point, gradient - self.gradient, self.weight)
        self._move(accepted, self.trial, value, gradient)
        self.tries = torch.where(accepted, 0, self.tries + 1)
        self.iterations = self.iterations + stepped.to(self.iterations.dtype)
        self.first, self.turned = self.first & ~accepted, accepted
        size = torch.maximum(before.abs(), after.abs()).clamp_min(torch.finfo(value.dtype).tiny)
        self.decrease = torch.where(stepped, (before - after) / size, self.decrease)
        self._refresh()
        still = accepted & (self.pull.abs().amax(1) <= self.precision.gradient)
        self.stuck = still | (self.tries >= TRIES) | (self.iterations >= self.precision.iterations)
        return self.stuck | (stepped & (self.decrease <= self.precision.decrease))

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
        if bool(self.turned.any()):
            direction, slope = self._descend()
            self.direction = _where(self.turned, direction, self.direction)
            self.slope = torch.where(self.turned, slope, self.slope)
        self.length = torch.where(self.turned, 1.0, self.length * SHORTER)
        self.trial = (self.point + self.length[:, None] * self.direction).clamp(self.low, self.high)

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
        direction = self._projected(self.history.newton(free_gradient, free, self.weight))
        slope = (gradient * direction).sum(1)
        lost = self.turned & ~(slope < -1e-9 * free_gradient.norm(dim=1) * direction.norm(dim=1))
        if bool(lost.any()):
            self.history.forget(lost)
            size = free_gradient.norm(dim=1, keepdim=True).clamp_min(torch.finfo(gradient.dtype).tiny)
            direction = _where(lost, self._projected(free_gradient / size), direction)
            slope = (gradient * direction).sum(1)
        return direction, slope

    def _projected(self, step: Points) -> Points:
        return (self.point - step).clamp(self.low, self.high) - self.point


def _where(mask: Mask, new: Points, old: Points) -> Points:
    return new if bool(mask.all()) else torch.where(mask[:, None], new, old)


@dataclass(frozen=True)
class Minimum:
    """The minima of a batch of problems.

    Args:
        point: The solutions.
        total: The objective there, g(x) + c |x|^2.
        evaluations: Gradients spent on each problem.
    """

    point: Points
    total: Scalars
    evaluations: Int[Tensor, " batch"]


def minimise(
    function: Callable[[Points, Tensor], tuple[Scalars, Points]],
    start: Points,
    low: Points,
    high: Points,
    *,
    weight: Scalars | None = None,
    memory: int = 15,
    precision: Precision | None = None,
) -> Minimum:
    """Solve a batch of problems to the end; solved problems leave the batch.

    Args:
        function: Takes points and the indices of their problems; returns values and gradients of g.
        start: First points.
        low: Lower ends of the box.
        high: Upper ends of the box.
        weight: c of each problem; 0 if left out.
        memory: Number of pairs.
        precision: When a problem is solved.
    """
    weights = start.new_zeros(len(start)) if weight is None else weight
    solver = Lbfgsb(start, low, high, weights, memory, precision or Precision())
    rows = torch.arange(len(start), device=start.device)
    result = Minimum(solver.point.clone(), weights.clone(), torch.zeros_like(rows))
    while len(rows):
        result.evaluations[rows] += 1
        done = solver.update(*function(solver.trial, rows))
        if bool(done.any()):
            result.point[rows[done]], result.total[rows[done]] = solver.point[done], solver.total[done]
            left = (~done).nonzero()[:, 0]
            solver.keep(left)
            rows = rows[left]
        if len(rows):
            solver.advance()
    return result
