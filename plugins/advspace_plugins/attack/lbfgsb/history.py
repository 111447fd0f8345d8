"""The memory of a batch of L-BFGS problems: curvature pairs, and their quasi-Newton step.

The pairs belong to the smooth part g of an objective g(x) + c |x|^2.  The part of c, 2 c s, is added within matrices of
memory size.  So another c costs nothing and loses no curvature.  Empty slots take part as zeros: sums of another length
would round differently, and an image's result would depend on its batch.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.linalg import vector_norm
from torch.nn import functional

from advspace_plugins.attack.lbfgsb.compact_form import CURVED, by_age, compact, sizes
from advspace_plugins.attack.lbfgsb.gram import free_products, new_products
from advspace_plugins.attack.shapes import Mask, Points, Scalars

WIDTH = 4
"""Vectors are kept with zeros up to a multiple of so many numbers.  Else some begin at odd addresses, and products of
such vectors round otherwise: an image's result would depend on its place in the batch."""
LARGE = 8192
"""From this many variables, the products of all pairs are kept; to compute them again would cost most of a step."""


@dataclass
class History:
    """The last steps of each problem and their changes of gradient, both divided by the step's length.

    Args:
        held: Steps s / |s| and changes of g's gradient y / |s|, filled up with zeros.
        products: Inner products of all these vectors, kept for large problems only.
        filled: Which slots hold a pair.
        next: The slot that is written next.
    """

    held: Float[Tensor, "batch memory 2 width"]
    products: Float[Tensor, "batch vectors vectors"] | None
    filled: Bool[Tensor, "batch memory"]
    next: Int[Tensor, " batch"]

    @classmethod
    def none(cls, like: Points, memory: int) -> "History":
        """An empty memory for the problems of `like`."""
        batch, size = like.shape
        return cls(
            _wide(like.new_zeros(batch, memory, 2, size)),
            like.new_zeros(batch, 2 * memory, 2 * memory) if size >= LARGE else None,
            torch.zeros(batch, memory, dtype=torch.bool, device=like.device),
            torch.zeros(batch, dtype=torch.int64, device=like.device),
        )

    def add(self, mask: Mask, step: Points, change: Points, weight: Scalars) -> None:
        """Add the step of each problem in `mask` whose whole objective, with its weight, curves upwards along it."""
        pair = _wide(torch.stack([step, change], 1))
        length, size = vector_norm(pair, dim=2).unbind(1)
        c2 = 2 * weight
        whole = (step * change).sum(1) + c2 * length.square()
        added = mask & (whole > CURVED * length * (size + c2 * length))
        rows = added.nonzero()[:, 0]
        if len(rows):
            memory, slots = self.filled.shape[1], self.next[rows]
            if len(rows) < len(pair):
                pair, length = pair[rows], length[rows]
            self.held.flatten(0, 1).index_copy_(0, rows * memory + slots, pair.mul_((1 / length)[:, None, None]))
            self.filled.flatten().index_fill_(0, rows * memory + slots, value=True)
            self.next = (self.next + added) % memory
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
        """
        (_, size), memory, vectors = gradient.shape, self.filled.shape[1], self.held.flatten(1, 2)
        gradient, free = _wide(gradient), _wide(free)
        places = by_age(memory, gradient.device).index_select(0, self.next)
        blocks, order, back, slots = places.split_with_sizes(sizes(memory), 1)
        products = free_products(vectors, self.products, free).flatten(1).gather(1, blocks)
        pull = torch.bmm(vectors, gradient[:, :, None])[:, :, 0].gather(1, order)
        usable = self.filled.gather(1, slots)
        coefficients, scale = compact(
            products.view(-1, 3, memory, memory), pull.view(-1, 2, memory), usable, weight, vector_norm(gradient, dim=1)
        )
        step: Tensor = torch.bmm(coefficients.gather(1, back)[:, None], vectors)[:, 0]
        return step.masked_fill_(~free, 0).addcmul_(scale[:, None], gradient)[:, :size]


def _wide(rows: Tensor) -> Tensor:
    extra = -rows.shape[-1] % WIDTH
    return functional.pad(rows, (0, extra)) if extra else rows
