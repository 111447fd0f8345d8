"""The memory of a batch of L-BFGS problems: curvature pairs, and the quasi-Newton step that they give.

The pairs belong to the smooth part g of an objective g(x) + c |x|^2.  What c adds to them, 2 c s, is added within
matrices of memory size, so that another c costs nothing and loses no curvature.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

Points = Float[Tensor, "batch size"]
Scalars = Float[Tensor, " batch"]
Mask = Bool[Tensor, " batch"]

CURVED = 1e-6
"""Least cosine between a step and its change of gradient for the pair to be used."""


@dataclass
class Pairs:
    """The last steps and their changes of gradient, per problem, each divided by the step's length.

    Args:
        steps: Steps s / |s|.
        changes: Changes of g's gradient y / |s|.
        filled: Which slots hold a pair.
        next: The slot that is written next.
    """

    steps: Float[Tensor, "batch memory size"]
    changes: Float[Tensor, "batch memory size"]
    filled: Bool[Tensor, "batch memory"]
    next: Int[Tensor, " batch"]

    @classmethod
    def none(cls, like: Points, memory: int) -> "Pairs":
        """An empty memory for the problems of `like`."""
        batch, size = like.shape
        return cls(
            like.new_zeros(batch, memory, size),
            like.new_zeros(batch, memory, size),
            torch.zeros(batch, memory, dtype=torch.bool, device=like.device),
            torch.zeros(batch, dtype=torch.int64, device=like.device),
        )

    def add(self, mask: Mask, step: Points, change: Points, weight: Scalars) -> None:
        """Remember a step where `mask` says so and the whole objective, with its weight, curves upwards along it."""
        length = step.norm(dim=1)
        whole = (step * change).sum(1) + 2 * weight * length.square()
        bound = CURVED * length * (change.norm(dim=1) + 2 * weight * length)
        rows = (mask & (whole > bound) & (length > 0)).nonzero()[:, 0]
        if len(rows):
            slots, unit = self.next[rows], 1 / length[rows, None]
            self.steps[rows, slots] = step[rows] * unit
            self.changes[rows, slots] = change[rows] * unit
            self.filled[rows, slots] = True
            self.next[rows] = (slots + 1) % self.filled.shape[1]

    def forget(self, mask: Mask) -> None:
        """Drop all pairs of some problems."""
        self.filled = self.filled & ~mask[:, None]

    def keep(self, rows: Int[Tensor, " kept"]) -> None:
        """Keep some problems only."""
        self.steps, self.changes = self.steps[rows], self.changes[rows]
        self.filled, self.next = self.filled[rows], self.next[rows]

    def newton(self, gradient: Points, free: Bool[Tensor, "batch size"], weight: Scalars) -> Points:
        """The inverse Hessian's estimate times `gradient`, among the free variables.

        Args:
            gradient: Of the whole objective, zero where not free.
            free: Variables that may move.
            weight: c of each problem.

        Source: Byrd, Nocedal & Schnabel 1994, the compact form of the inverse BFGS matrix.
        """
        used = int(self.filled.any(0).sum())
        if used == 0:
            size = gradient.norm(dim=1, keepdim=True)
            return gradient.div(size.clamp_min(torch.finfo(gradient.dtype).tiny))
        both = torch.cat([self.steps[:, :used], self.changes[:, :used]], 1) * free[:, None].to(gradient.dtype)
        gram = torch.bmm(both, both.transpose(1, 2))
        pull = torch.bmm(both, gradient[:, :, None])[:, :, 0]
        size = gradient.norm(dim=1)
        coefficients, scale = self._solve(gram, pull, weight, used, size)
        step: Tensor = scale[:, None] * gradient + torch.bmm(coefficients[:, None], both)[:, 0]
        return step

    def _solve(self, gram: Tensor, pull: Tensor, weight: Scalars, used: int, size: Scalars) -> tuple[Tensor, Tensor]:
        """Coefficients on steps and changes, and the scale of the gradient itself."""
        order = self._order(used)
        c2 = (2 * weight)[:, None, None]
        steps, mixed, changes = _blocks(gram, used, order)
        changes = changes + c2 * (mixed + mixed.transpose(1, 2)) + c2.square() * steps
        mixed = mixed + c2 * steps
        pull_steps = pull[:, :used].gather(1, order)
        pull_changes = pull[:, used:].gather(1, order) + c2[:, 0] * pull_steps
        curved = mixed.diagonal(dim1=1, dim2=2)
        norms = (steps.diagonal(dim1=1, dim2=2) * changes.diagonal(dim1=1, dim2=2)).clamp_min(0).sqrt()
        usable = self.filled[:, :used].gather(1, order) & (curved > CURVED * norms) & (norms > 0)
        unit = torch.where(usable, curved.clamp_min(torch.finfo(gram.dtype).tiny).rsqrt(), 0)  # so that s.y = 1
        mixed, changes = mixed * unit[:, :, None] * unit[:, None], changes * unit[:, :, None] * unit[:, None]
        pull_steps, pull_changes = pull_steps * unit, pull_changes * unit
        scale = _newest(changes.diagonal(dim1=1, dim2=2), usable, size)
        upper = torch.triu(mixed, 1) + torch.eye(used, dtype=gram.dtype, device=gram.device)
        first = torch.linalg.solve_triangular(upper, pull_steps[:, :, None], upper=True)
        second = usable[:, :, None] * first + scale[:, None, None] * (changes @ first - pull_changes[:, :, None])
        second = torch.linalg.solve_triangular(upper.transpose(1, 2), second, upper=False)[:, :, 0] * unit
        on_changes = -scale[:, None] * first[:, :, 0] * unit
        on_steps = second + 2 * weight[:, None] * on_changes
        back = torch.zeros_like(on_steps)
        return torch.cat([back.scatter(1, order, on_steps), back.scatter(1, order, on_changes)], 1), scale

    def _order(self, used: int) -> Tensor:
        """Slots from the oldest pair to the newest."""
        slots = torch.arange(used, device=self.next.device)
        full = used == self.filled.shape[1]
        return (self.next[:, None] + slots) % used if full else slots.expand(len(self.next), -1)


def _blocks(gram: Tensor, used: int, order: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Steps with steps, steps with changes, changes with changes, from the oldest pair to the newest."""
    rows = order[:, :, None].expand(-1, -1, used)
    columns = order[:, None].expand(-1, used, -1)

    def ordered(block: Tensor) -> Tensor:
        return block.gather(1, rows).gather(2, columns)

    return (
        ordered(gram[:, :used, :used]),
        ordered(gram[:, :used, used:]),
        ordered(gram[:, used:, used:]),
    )


def _newest(changes: Tensor, usable: Tensor, size: Scalars) -> Scalars:
    """Shanno's scale s.y / y.y of the newest usable pair; where there is none, steps of length one."""
    places = torch.arange(1, usable.shape[1] + 1, device=usable.device)
    last = (places * usable).argmax(1, keepdim=True)
    tiny = torch.finfo(changes.dtype).tiny
    return torch.where(usable.any(1), 1 / changes.gather(1, last)[:, 0].clamp_min(tiny), 1 / size.clamp_min(tiny))
