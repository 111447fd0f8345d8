"""The compact form of the inverse BFGS matrix, within matrices of memory size.

Source: Byrd, Nocedal & Schnabel 1994.  The pairs are those of a smooth part; the part of c |x|^2 is added here.
"""

from functools import cache

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.linalg import solve_triangular

from advspace_plugins.attack.shapes import Scalars

CURVED = 1e-6
"""Least cosine between a step and its change of gradient for the pair to be used."""


@cache
def by_age(memory: int, device: torch.device) -> Int[Tensor, "memory places"]:
    """Places of the pairs, from the oldest to the newest, for each slot that is written next.

    The vectors of a memory are step and change of slot 0, of slot 1, and so on.

    Returns:
        In each row: places of the products s.s, s.y and y.y in the matrix of all; places of the steps and the changes
        among the vectors; the way back, from these to the vectors; the slots.  `sizes` has the numbers of each.
    """
    numbers = torch.arange(memory, device=device)
    slots = (numbers[:, None] + numbers) % memory
    steps, changes = 2 * slots, 2 * slots + 1
    rows = torch.stack([steps, steps, changes], 1)[:, :, :, None]
    columns = torch.stack([steps, changes, changes], 1)[:, :, None]
    order = torch.cat([steps, changes], 1)
    return torch.cat([(2 * memory * rows + columns).flatten(1), order, order.argsort(1), slots], 1)


def sizes(memory: int) -> list[int]:
    """How many places of each kind a row of `by_age` has."""
    return [3 * memory**2, 2 * memory, 2 * memory, memory]


def compact(
    products: Float[Tensor, "batch 3 memory memory"],
    pull: Float[Tensor, "batch 2 memory"],
    filled: Bool[Tensor, "batch memory"],
    weight: Scalars,
    size: Scalars,
) -> tuple[Float[Tensor, "batch coefficients"], Scalars]:
    """Coefficients of steps and changes in the quasi-Newton step, and the scale of the gradient itself.

    Args:
        products: s.s, s.y and y.y of the pairs, the oldest first.
        pull: Products of steps and changes with the gradient.
        filled: Which pairs there are.
        weight: c of each problem.
        size: Length of the gradient.

    Returns:
        Coefficients of the steps, then those of the changes; the scale.
    """
    steps, mixed, changes = products.unbind(1)
    c2 = 2 * weight[:, None]
    c2_2 = c2[:, :, None]
    changes = changes + c2_2 * (mixed + mixed.mT) + c2_2.square() * steps
    mixed = mixed + c2_2 * steps
    pull_steps, pull_changes = pull.unbind(1)
    pull_changes = pull_changes + c2 * pull_steps
    curved, bends = mixed.diagonal(dim1=1, dim2=2), changes.diagonal(dim1=1, dim2=2)
    norms = (steps.diagonal(dim1=1, dim2=2) * bends).clamp_min_(0).sqrt_()
    usable = filled & (curved > CURVED * norms) & (norms > 0)
    unit = curved.clamp_min(torch.finfo(mixed.dtype).tiny).rsqrt_().mul_(usable)  # so that s.y = 1
    row, column = unit[:, :, None], unit[:, None]
    mixed, changes = mixed.mul_(row).mul_(column), changes.mul_(row).mul_(column)
    scale = _newest(bends, usable, size)[:, None]
    first = solve_triangular(mixed, pull_steps[:, :, None] * row, upper=True, unitriangular=True)
    second = usable[:, :, None] * first + scale[:, :, None] * (
        torch.bmm(changes, first) - pull_changes[:, :, None] * row
    )
    second = solve_triangular(mixed.mT, second, upper=False, unitriangular=True)
    on_changes = -scale * first[:, :, 0] * unit
    return torch.cat([second[:, :, 0] * unit + c2 * on_changes, on_changes], 1), scale[:, 0]


def _newest(bends: Float[Tensor, "batch memory"], usable: Bool[Tensor, "batch memory"], size: Scalars) -> Scalars:
    """Shanno's scale s.y / y.y of the newest usable pair; without one, the scale of a step of length one.

    Args:
        bends: y.y of pairs with s.y = 1.
        usable: Which pairs are used.
        size: Length of the gradient.
    """
    numbers = torch.arange(1, usable.shape[1] + 1, device=usable.device)
    last = (numbers * usable).argmax(1, keepdim=True)
    tiny = torch.finfo(bends.dtype).tiny
    newest = bends.gather(1, last)[:, 0]
    return 1 / torch.where(usable.any(1), newest, size).clamp_min(tiny)
