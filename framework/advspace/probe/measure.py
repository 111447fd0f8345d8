"""Offsets from the centers after the box policy, measured on the first points of each cell."""

from math import ceil
from typing import NamedTuple

import torch

from advspace.noise.offsets import Applied, norms
from advspace.shapes import Draws, Image

MEASURED_DRAWS, MEASURED_VALUES = 100, 100_000


def measured_draws(image: Image) -> int:
    """Number of measured points of a cell: more would take time and add no digit."""
    return max(MEASURED_DRAWS, ceil(MEASURED_VALUES / image.numel()))


def measure(center: Image, unboxed: Draws, points: Draws) -> Applied:
    """Offsets of points from a center.

    Args:
        center: Image of the center.
        unboxed: The points before the box policy.
        points: The points after it.
    """
    scratch = torch.empty_like(unboxed)
    moved = torch.ne(unboxed, points, out=scratch).sum((1, 2, 3))
    added = torch.sub(points, center, out=scratch)
    return Applied(added.sum((1, 2, 3)), norms(added), moved)


class Sums(NamedTuple):
    """Sums over the measured points of one cell.

    Args:
        total: Sum of the offsets, over the pixels too; pixels in [0, 1].
        norm: Sum of the Euclidean norms of the offsets.
        square: Sum of the squared norms.
        moved: Number of pixels that the box moved.
        points: Number of measured points.
    """

    total: float
    norm: float
    square: float
    moved: float
    points: float


class Measurements:
    """Offsets of the points of many cells; they are summed at the end, so that nothing waits for a GPU earlier."""

    def __init__(self) -> None:
        self._applied: list[Applied] = []
        self._cells: list[int] = []

    def add(self, cell: int, applied: Applied) -> None:
        """Keep the offsets of some points of a cell."""
        self._applied.append(applied)
        self._cells.append(cell)

    def sums(self, cells: int) -> list[Sums]:
        """The sums of each cell, in double precision."""
        if not self._applied:
            return [Sums(*5 * (0.0,))] * cells
        total, norm, moved = (torch.cat(column).double() for column in zip(*self._applied, strict=True))
        sizes = torch.tensor([len(part.total) for part in self._applied], device=total.device)
        numbers = torch.tensor(self._cells, device=total.device).repeat_interleave(sizes)
        result = torch.zeros((cells, len(Sums._fields)), dtype=total.dtype, device=total.device)
        result.index_add_(0, numbers, torch.stack([total, norm, norm.square(), moved, torch.ones_like(norm)], 1))
        return [Sums(*row) for row in result.tolist()]
