"""The shortest step into a polyhedron within a box: a batch of convex quadratic programmes, solved exactly."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

Rows = Float[Tensor, "batch constraints pixels"]
Constraints = Float[Tensor, "batch constraints"]
Pixels = Float[Tensor, "batch pixels"]

BACKTRACKS = 40
SUFFICIENT = 1e-4
RIDGE = 1e-10


@dataclass(frozen=True)
class Projection:
    """The solutions of a batch, with their proofs.

    `step` is `clip(rows^T multipliers)` by construction.  So two of the Karush-Kuhn-Tucker conditions remain to be
    checked, feasibility and complementarity; `residual` is their largest violation.

    Args:
        step: The shortest steps.
        multipliers: Dual variables of the rows, >= 0.
        residual: Largest violation of feasibility and complementarity, in units of the rows' offsets.
        impossible: Whether the multipliers prove that no step in the box satisfies the rows (Farkas).
        iterations: Newton iterations.
    """

    step: Pixels
    multipliers: Constraints
    residual: Float[Tensor, " batch"]
    impossible: Bool[Tensor, " batch"]
    iterations: int


def project(
    rows: Rows, offset: Constraints, low: Pixels, high: Pixels, *, tolerance: float = 1e-9, iterations: int = 200
) -> Projection:
    """Minimise |d|^2 / 2 subject to `rows d >= offset` and `low <= d <= high`, for each problem of a batch.

    The dual is concave and has one variable per row; a projected semismooth Newton method maximises it.

    Args:
        rows: Constraint normals, double precision.
        offset: Their right-hand sides.
        low: Lower ends of the box, <= 0.
        high: Upper ends of the box, >= 0.
        tolerance: Largest residual of a solved problem.
        iterations: Maximum Newton iterations.
    """
    multipliers = torch.zeros_like(offset)
    scale = rows.square().sum(2).mean(1).clamp_min(torch.finfo(rows.dtype).tiny)
    taken = 0
    while True:
        step, slack = _primal(rows, offset, low, high, multipliers)
        residual = _residual(slack, multipliers)
        if bool((residual <= tolerance).all()) or taken == iterations:
            break
        direction = _newton(rows, low, high, multipliers, slack, scale)
        multipliers = _climb(rows, offset, low, high, multipliers, direction, residual <= tolerance)
        taken += 1
    solved = residual <= tolerance
    return Projection(step, multipliers, residual, ~solved & _farkas(rows, offset, low, high, multipliers), taken)


def _primal(
    rows: Rows, offset: Constraints, low: Pixels, high: Pixels, multipliers: Constraints
) -> tuple[Pixels, Constraints]:
    """The step of these multipliers, and how far it is below each row's offset (the dual's gradient)."""
    step = torch.einsum("bk,bkn->bn", multipliers, rows).clamp(low, high)
    return step, offset - torch.einsum("bkn,bn->bk", rows, step)


def _residual(slack: Constraints, multipliers: Constraints) -> Tensor:
    return torch.where(multipliers > 0, slack.abs(), slack.clamp_min(0)).amax(1)


def _newton(
    rows: Rows, low: Pixels, high: Pixels, multipliers: Constraints, slack: Constraints, scale: Tensor
) -> Constraints:
    """Newton direction of the multipliers that are free to move; pixels at the box add no curvature."""
    raw = torch.einsum("bk,bkn->bn", multipliers, rows)
    inner = ((raw > low) & (raw < high)).to(rows.dtype)
    free = ((multipliers > 0) | (slack > 0)).to(rows.dtype)
    curvature = torch.einsum("bkn,bn,bjn->bkj", rows, inner, rows) * free[:, :, None] * free[:, None]
    identity = torch.eye(rows.shape[1], dtype=rows.dtype, device=rows.device)
    curvature = curvature + torch.diag_embed(1 - free) + RIDGE * scale[:, None, None] * identity
    direction: Tensor = torch.linalg.solve(curvature, (slack * free)[:, :, None])[:, :, 0]
    return direction


def _climb(
    rows: Rows,
    offset: Constraints,
    low: Pixels,
    high: Pixels,
    multipliers: Constraints,
    direction: Constraints,
    done: Tensor,
) -> Constraints:
    """Backtrack along the projected direction until the dual has grown enough; solved problems do not move."""
    value, slack = _dual(rows, offset, low, high, multipliers)
    length = torch.ones_like(value)
    for _ in range(BACKTRACKS):
        trial = (multipliers + length[:, None] * direction).clamp_min(0)
        grown = _dual(rows, offset, low, high, trial)[0] - value
        enough = grown >= SUFFICIENT * (slack * (trial - multipliers)).sum(1) - 1e-15 * value.abs()
        multipliers = torch.where((enough & ~done)[:, None], trial, multipliers)
        done = done | enough
        if bool(done.all()):
            break
        length = torch.where(done, length, length / 2)
    return multipliers


def _dual(
    rows: Rows, offset: Constraints, low: Pixels, high: Pixels, multipliers: Constraints
) -> tuple[Tensor, Constraints]:
    step, slack = _primal(rows, offset, low, high, multipliers)
    return step.square().sum(1) / 2 + (multipliers * slack).sum(1), slack


def _farkas(rows: Rows, offset: Constraints, low: Pixels, high: Pixels, multipliers: Constraints) -> Tensor:
    """Whether no step in the box reaches the weighted sum of the rows' offsets."""
    normal = torch.einsum("bk,bkn->bn", multipliers, rows)
    reach = torch.maximum(normal * low, normal * high).sum(1)
    return (multipliers * offset).sum(1) > reach * (1 + 1e-9)
