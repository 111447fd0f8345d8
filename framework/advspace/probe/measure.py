"""Offsets from the centers after the box policy, measured on the first points of each cell."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil
from typing import NamedTuple

import torch

from advspace.noise.offsets import Applied
from advspace.shapes import Image, Points

MEASURED_DRAWS, MEASURED_VALUES = 100, 100_000


def measured_draws(image: Image) -> int:
    """Number of measured points of a cell: more would take time and add no digit."""
    return max(MEASURED_DRAWS, ceil(MEASURED_VALUES / image.numel()))


def measure(center: Image, unboxed: Points, points: Points, scratch: Points) -> Applied:
    """Offsets of the points of some cells from their center.

    Args:
        center: Image of the center.
        unboxed: The points before the box policy.
        points: The points after it.
        scratch: Memory for as many points, whose content is lost; it may be that of `unboxed`.
    """
    moved = torch.ne(unboxed, points, out=scratch).sum((2, 3, 4))
    added = torch.sub(points, center, out=scratch)
    return Applied(added.sum((2, 3, 4)), torch.linalg.vector_norm(added, dim=(2, 3, 4)), moved)


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
        self._cells: list[int] = []  # the cell of each row

    def add(self, cells: Sequence[int], applied: Applied) -> None:
        """Keep the offsets of some points of cells, one row for each cell."""
        self._applied.append(applied)
        self._cells += cells

    def sums(self, cells: int) -> list[Sums]:
        """The sums of each cell, in double precision."""
        if not self._applied:
            return [Sums(*5 * (0.0,))] * cells
        rows = [_row_sums(list(parts)) for _, parts in groupby(self._applied, lambda part: part.total.shape[1])]
        device = rows[0].device
        result = torch.zeros((cells, len(Sums._fields)), dtype=torch.float64, device=device)
        result.index_add_(0, torch.tensor(self._cells, device=device), torch.cat(rows))
        return [Sums(*row) for row in result.tolist()]


def _row_sums(parts: Sequence[Applied]) -> torch.Tensor:
    """The `Sums` of each row of parts that have equally many points per row."""
    total, norm, moved = (torch.cat(column).double() for column in zip(*parts, strict=True))
    return torch.stack([each.sum(1) for each in (total, norm, norm.square(), moved, torch.ones_like(norm))], 1)
