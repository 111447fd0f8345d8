"""Ask the model about the points of many cells together, in full forward passes.

A cell is one center, scale and box policy.  With few draws a cell does not fill a forward pass, and small networks cost
mostly the calls; so rows of several cells share one.
"""

from typing import NamedTuple

import torch
from torch import nn

from advspace.errors import AdvspaceError
from advspace.layout import layout_of
from advspace.progress import tick
from advspace.shapes import Draws, Image, PerImage


class Rows(NamedTuple):
    """Rows of the next forward pass, to be filled: points, and what was added to the center in each.

    Args:
        points: The images.
        total: Sum over the pixels of what was added.
        norm: Its Euclidean norm.
        moved: How many pixels the box moved; or -1 where none of the three was measured.
    """

    points: Draws
    total: PerImage
    norm: PerImage
    moved: PerImage


class Ballot:
    """Gathers points, classifies them when there are enough, and counts per cell.

    Args:
        model: Frozen network, pixels to logits.
        like: An image: shape, number type and device of the points.
        cells: How many cells there are.
        rows: Points in a forward pass.
    """

    def __init__(self, model: nn.Module, like: Image, cells: int, rows: int) -> None:
        self.model = model
        shape = (rows, *like.shape)
        self.points = torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=layout_of(model))
        self.added = torch.empty((3, rows), dtype=like.dtype, device=like.device)
        self.cell = torch.empty(rows, dtype=torch.int64, device=like.device)
        self.sums = torch.zeros((cells, 5), dtype=torch.float64, device=like.device)
        self.counts: torch.Tensor | None = None
        self.filled = 0

    def rows(self, cell: int, count: int, *, beside: int = 0) -> Rows:
        """Room for `count` points of a cell, which the caller fills before it asks for more.

        Args:
            cell: Which cell.
            count: How many, at most as many as there are rows.
            beside: How many more will be asked for that must be in the same forward pass.
        """
        if self.filled + count + beside > len(self.points):
            self.ask()
        part = slice(self.filled, self.filled + count)
        self.filled += count
        self.cell[part] = cell
        return Rows(self.points[part], *self.added[:, part])

    def ask(self) -> None:
        """Classify what was gathered.

        Raises:
            AdvspaceError: the model gives logits that are not finite.
        """
        if not self.filled:
            return
        with torch.no_grad():
            logits = self.model(self.points[: self.filled])
        if not torch.isfinite(logits.sum()):
            raise AdvspaceError(
                "the model gives NaN or infinite logits on a probe; check its weights, or lower the scale"
            )
        tick("draws", self.filled)
        self._count(logits)
        self.filled = 0

    def _count(self, logits: torch.Tensor) -> None:
        cell, classes = self.cell[: self.filled], logits.shape[1]
        votes = torch.bincount(cell * classes + logits.argmax(1), minlength=len(self.sums) * classes)
        votes = votes.reshape(len(self.sums), classes)
        self.counts = votes if self.counts is None else self.counts + votes
        total, norm, moved = self.added[:, : self.filled].double()
        found = torch.stack([total, norm.square(), norm, moved, torch.ones_like(moved)])
        self.sums.index_add_(0, cell, torch.where(moved >= 0, found, 0.0).T)
