"""The memory of a batch of L-BFGS problems: curvature pairs, and their quasi-Newton step.

The pairs belong to the smooth part g of an objective g(x) + c |x|^2.  The part of c, 2 c s, is added within matrices of
memory size.  So another c costs nothing and loses no curvature.  Empty slots take part as zeros: sums of another length
would round differently, and an image's result would depend on its batch.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from advspace_plugins.attack.lbfgsb.gram import free_products, new_products
from advspace_plugins.attack.shapes import Mask, Points, Scalars

CURVED = 1e-6
"""Least cosine between a step and its change of gradient for the pair to be used."""
LARGE = 8192
"""From this many variables, the products of all pairs are kept; to compute them again would cost most of a step."""


@dataclass
class History:
    """The last steps of each problem and their changes of gradient, both divided by the step's length.

    Args:
        held: Steps s / |s| and changes of g's gradient y / |s|.
        products: Inner products of all these vectors, kept for large problems only.
        filled: Which slots hold a pair.
        next: The slot that is written next.
    """

    held: Float[Tensor, "batch memory 2 size"]
    products: Float[Tensor, "batch vectors vectors"] | None
    filled: Bool[Tensor, "batch memory"]
    next: Int[Tensor, " batch"]

    @classmethod
    def none(cls, like: Points, memory: int) -> "History":
        """An empty memory for the problems of `like`."""
        batch, size = like.shape
        return cls(
            like.new_zeros(batch, memory, 2, size),
            like.new_zeros(batch, 2 * memory, 2 * memory) if size >= LARGE else None,
            torch.zeros(batch, memory, dtype=torch.bool, device=like.device),
            torch.zeros(batch, dtype=torch.int64, device=like.device),
        )

    def add(self, mask: Mask, step: Points, change: Points, weight: Scalars) -> None:
        """Add the step of each problem in `mask` whose whole objective, with its weight, curves upwards along it."""
        length = step.norm(dim=1)
        whole = (step * change).sum(1) + 2 * weight * length.square()
        bound = CURVED * length * (change.norm(dim=1) + 2 * weight * length)
        rows = (mask & (whole > bound) & (length > 0)).nonzero()[:, 0]
        if len(rows):
            slots, unit = self.next[rows], 1 / length[rows, None]
            self.held[rows, slots, 0] = step[rows] * unit
            self.held[rows, slots, 1] = change[rows] * unit
            self.filled[rows, slots] = True
            self.next[rows] = (slots + 1) % self.filled.shape[1]
            if self.products is not None:
                new_products(self.products, self.held, rows, slots)

    def forget(self, mask: Mask) -> None:
        """Drop all pairs of some problems."""
        self.filled = self.filled & ~mask[:, None]

    def keep(self, rows: Int[Tensor, " kept"]) -> None:
        """Keep some problems only."""
        self.held, self.filled, self.next = self.held[rows], self.filled[rows], self.next[rows]
        self.products = None if self.products is None else self.products[rows]

    def newton(self, gradient: Points, free: Bool[Tensor, "batch size"], weight: Scalars) -> Points:
        """The estimate of the inverse Hessian times `gradient`, over the free variables.

        Args:
            gradient: Gradient of the whole objective; zero where not free.
            free: Variables that may move.
            weight: c of each problem.

        Source: Byrd, Nocedal & Schnabel 1994, the compact form of the inverse BFGS matrix.
        """
        vectors, memory = self.held.flatten(1, 2), self.filled.shape[1]
        products = free_products(vectors, self.products, free).reshape(-1, memory, 2, memory, 2)
        pull = torch.bmm(vectors, gradient[:, :, None]).reshape(-1, memory, 2)
        coefficients, scale = self._solve(products, pull, weight, gradient.norm(dim=1))
        step: Tensor = torch.bmm(coefficients.flatten(1)[:, None], vectors)[:, 0]
        return step.masked_fill_(~free, 0).addcmul_(scale[:, None], gradient)

    def _solve(self, products: Tensor, pull: Tensor, weight: Scalars, size: Scalars) -> tuple[Tensor, Tensor]:
        """Coefficients on steps and changes `[batch, memory, 2]`, and the scale of the gradient itself."""
        order = (self.next[:, None] + torch.arange(pull.shape[1], device=pull.device)) % pull.shape[1]  # oldest first
        c2 = (2 * weight)[:, None, None]
        products, pull = _ordered(products, order), pull.gather(1, order[:, :, None].expand_as(pull))
        steps, mixed, changes = products[:, :, 0, :, 0], products[:, :, 0, :, 1], products[:, :, 1, :, 1]
        changes = changes + c2 * (mixed + mixed.transpose(1, 2)) + c2.square() * steps
        mixed = mixed + c2 * steps
        pull_steps = pull[:, :, 0]
        pull_changes = pull[:, :, 1] + c2[:, 0] * pull_steps
        curved = mixed.diagonal(dim1=1, dim2=2)
        norms = (steps.diagonal(dim1=1, dim2=2) * changes.diagonal(dim1=1, dim2=2)).clamp_min(0).sqrt()
        usable = self.filled.gather(1, order) & (curved > CURVED * norms) & (norms > 0)
        unit = torch.where(usable, curved.clamp_min(torch.finfo(mixed.dtype).tiny).rsqrt(), 0)  # so that s.y = 1
        mixed, changes = mixed * unit[:, :, None] * unit[:, None], changes * unit[:, :, None] * unit[:, None]
        pull_steps, pull_changes = pull_steps * unit, pull_changes * unit
        scale = _newest(changes.diagonal(dim1=1, dim2=2), usable, size)
        upper = torch.triu(mixed, 1) + torch.eye(len(mixed[0]), dtype=mixed.dtype, device=mixed.device)
        first = torch.linalg.solve_triangular(upper, pull_steps[:, :, None], upper=True)
        second = usable[:, :, None] * first + scale[:, None, None] * (changes @ first - pull_changes[:, :, None])
        second = torch.linalg.solve_triangular(upper.transpose(1, 2), second, upper=False)[:, :, 0] * unit
        on_changes = -scale[:, None] * first[:, :, 0] * unit
        both = torch.stack([second + 2 * weight[:, None] * on_changes, on_changes], 2)
        return torch.zeros_like(both).scatter(1, order[:, :, None].expand_as(both), both), scale


def _ordered(products: Tensor, order: Tensor) -> Tensor:
    """Products `[batch, memory, 2, memory, 2]` from the oldest pair to the newest."""
    rows = order[:, :, None, None, None].expand_as(products)
    columns = order[:, None, None, :, None].expand_as(products)
    return products.gather(1, rows).gather(3, columns)


def _newest(changes: Tensor, usable: Tensor, size: Scalars) -> Scalars:
    """Shanno's scale s.y / y.y of the newest usable pair; without one, the scale of a step of length one."""
    numbers = torch.arange(1, usable.shape[1] + 1, device=usable.device)
    last = (numbers * usable).argmax(1, keepdim=True)
    tiny = torch.finfo(changes.dtype).tiny
    return torch.where(usable.any(1), 1 / changes.gather(1, last)[:, 0].clamp_min(tiny), 1 / size.clamp_min(tiny))
