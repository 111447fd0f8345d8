"""Solve a batch of smooth problems in boxes to the end."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from advspace_plugins.attack.lbfgsb.ends import Precision
from advspace_plugins.attack.lbfgsb.solver import Lbfgsb
from advspace_plugins.attack.shapes import Points, Scalars


@dataclass(frozen=True)
class Minimum:
    """The minima of a batch of problems.

    Args:
        point: The solutions.
        total: The objective there, g(x) + c |x|^2.
        evaluations: Gradients spent on each problem.
        end: Why each problem ended, an `End`.
    """

    point: Points
    total: Scalars
    evaluations: Int[Tensor, " batch"]
    end: Int[Tensor, " batch"]


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
    result = Minimum(solver.point.clone(), weights.clone(), torch.zeros_like(rows), torch.zeros_like(rows))
    while len(rows):
        result.evaluations[rows] += 1
        done = solver.update(*function(solver.trial, rows))
        if bool(done.any()):
            result.point[rows[done]], result.total[rows[done]] = solver.point[done], solver.total[done]
            result.end[rows[done]] = solver.end[done]
            left = (~done).nonzero()[:, 0]
            solver.keep(left)
            rows = rows[left]
        if len(rows):
            solver.advance()
    return result
