"""Classify the points of many cells together, in full forward passes.

A cell is one center, scale and box policy.  A cell with few draws does not fill a forward pass, and with small networks
most of the time is spent in calls.  So points of several cells share a pass.  The logits of many passes are counted
together, and nothing waits for a GPU until the end.
"""

from collections.abc import Sequence

import torch
from torch import nn

from advspace.progress.ticks import tick
from advspace.shapes import Draws, Image

KEPT = 100_000
"""Most logits kept before they are counted; so many still fit into the caches."""


class ClassCounter:
    """Enqueues points, classifies them when a forward pass is full, and counts classes per cell.

    Args:
        model: Frozen network, pixels to logits.
        like: An image with the shape, number type and device of the points.
        rows: Points in a forward pass.
        memory_format: Memory format of the points.
    """

    def __init__(
        self,
        model: nn.Module,
        like: Image,
        rows: int,
        memory_format: torch.memory_format = torch.contiguous_format,
    ) -> None:
        self.model = model
        self.rows = rows
        shape = (rows, *like.shape)
        self._points = torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=memory_format)
        self._filled = 0
        self._cells = 0
        self._enqueued: list[tuple[int, int]] = []  # cell and number of points, in the order of the logits
        self._logits: list[torch.Tensor] = []
        self._counts = torch.zeros((0, 0), dtype=torch.long, device=like.device)
        self._sums = torch.zeros(0, device=like.device)
        self._parts: dict[tuple[int, int], Draws] = {}

    @property
    def free(self) -> int:
        """Free rows of the next forward pass, at least one: a full pass counts as a new one."""
        return self.rows - self._filled or self.rows

    def cell(self) -> int:
        """Begin a cell and return its number, from 0."""
        self._cells += 1
        return self._cells - 1

    def enqueue(self, cells: Sequence[int], count: int) -> list[Draws]:
        """Rows of one forward pass for `count` points of each cell; the caller fills them before the next call.

        Args:
            cells: Numbers of the cells.
            count: Points of each cell; all points together must fit into one forward pass.
        """
        if self._filled + count * len(cells) > self.rows:
            self._classify()
        result = []
        for cell in cells:
            self._enqueued.append((cell, count))
            result.append(self._part(self._filled, count))
            self._filled += count
        return result

    def counts(self) -> list[list[int]]:
        """Number of points per cell and class, over all points enqueued; without meaning for a cell of `not_finite`."""
        self._classify()
        self._count()
        result: list[list[int]] = self._counts.tolist()
        return result

    def not_finite(self) -> list[int]:
        """The cells in which the model gave logits that are NaN or infinite, over all points enqueued."""
        self._classify()
        self._count()
        result: list[int] = (~self._sums.isfinite()).nonzero().flatten().tolist()
        return result

    def _part(self, first: int, count: int) -> Draws:
        """Points from `first` on; made once, for a view costs as much as a small layer."""
        if (first, count) not in self._parts:
            self._parts[first, count] = self._points[first : first + count]
        return self._parts[first, count]

    def _classify(self) -> None:
        """Classify the enqueued points."""
        if not self._filled:
            return
        with torch.no_grad():
            logits = self.model(self._part(0, self._filled))
        self._logits.append(logits.clone())  # a model may overwrite them in its next pass
        tick("draws", self._filled)
        self._filled = 0
        if len(self._logits) * logits.numel() > KEPT:
            self._count()

    def _count(self) -> None:
        """Count the classes of the logits kept: a few operations for many passes.

        No small tensors are kept per pass: they would fragment the memory between large ones.
        """
        if not self._logits:
            return
        logits = torch.cat(self._logits)
        classes = logits.shape[1]
        known = len(self._counts)
        if known < self._cells:
            more = self._counts.new_zeros((self._cells - known, classes))
            self._counts = torch.cat([self._counts.view(known, classes), more])
            self._sums = torch.cat([self._sums, self._sums.new_zeros(self._cells - known)])
        cells, rows = torch.tensor(self._enqueued, device=logits.device).T
        owners = cells.repeat_interleave(rows, output_size=len(logits))
        keys = owners * classes + logits.argmax(1)
        self._counts.view(-1).index_add_(0, keys, torch.ones_like(keys))
        self._sums.index_add_(0, owners, logits.sum(1, dtype=self._sums.dtype))  # not finite if one logit is not
        self._logits.clear()
        self._enqueued.clear()
