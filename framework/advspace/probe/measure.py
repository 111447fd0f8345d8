"""Offsets from the centers after the box policy, measured on the first points of each cell."""

from collections.abc import Sequence
from itertools import chain, groupby
from math import ceil
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from advspace.noise.offsets import Applied
from advspace.shapes import Image, Images, Points

PerCell = NDArray[np.float64]
MEASURED_DRAWS, MEASURED_VALUES = 25, 20_000


def measured_draws(image: Image) -> int:
    """Number of measured points of a cell.

    So 20,000 values are measured at least.  With independent pixels the standard error of `noise_sd` and `noise_l2` is
    at most 1 % of the value, that of `noise_mean` 0.7 % of the deviation, that of `clipped` 0.4 points.
    """
    return max(MEASURED_DRAWS, ceil(MEASURED_VALUES / image.numel()))


def measure(centers: Images, unboxed: Points, points: Points) -> Applied:
    """Offsets of the points of some cells from their centers.

    Args:
        centers: Image of the center of each cell.
        unboxed: The points before the box policy.
        points: The points after it.
    """
    moved = torch.ne(unboxed, points, out=torch.empty_like(points)).sum((2, 3, 4))  # sums of booleans are slow
    added = points - centers[:, None]
    return Applied(added.sum((2, 3, 4)), torch.linalg.vector_norm(added, dim=(2, 3, 4)), moved)


class Sums(NamedTuple):
    """Sums over the measured points of each cell, in double precision.

    Args:
        total: Sum of the offsets, over the pixels too; pixels in [0, 1].
        norm: Sum of the Euclidean norms of the offsets.
        square: Sum of the squared norms.
        moved: Number of pixels that the box moved.
        points: Number of measured points.
    """

    total: PerCell
    norm: PerCell
    square: PerCell
    moved: PerCell
    points: PerCell


class Measurements:
    """Offsets of the points of many cells; they are summed at the end, so that nothing waits for a GPU earlier."""

    def __init__(self) -> None:
        self._applied: list[Applied] = []
        self._cells: list[int] = []  # the cell of each row

    def add(self, cells: Sequence[int], applied: Applied) -> None:
        """Keep the offsets of some points of cells, one row for each cell."""
        self._applied.append(applied)
        self._cells += cells

    def sums(self, cells: int) -> Sums:
        """The sums of each cell."""
        result, first = np.zeros((cells, len(Sums._fields))), 0
        for _, parts in groupby(self._applied, lambda part: part.total.shape[1]):
            rows = _row_sums(list(parts))
            np.add.at(result, self._cells[first : first + len(rows)], rows)
            first += len(rows)
        return Sums(*result.T)


def _row_sums(parts: Sequence[Applied]) -> NDArray[np.float64]:
    """The `Sums` of each row of parts that have equally many points per row."""
    columns = torch.cat(list(chain(*zip(*parts, strict=True)))).cpu().numpy().astype(np.float64)
    total, norm, moved = columns.reshape(len(Applied._fields), -1, columns.shape[1])
    return np.stack([each.sum(1) for each in (total, norm, norm**2, moved, np.ones_like(norm))], 1)
