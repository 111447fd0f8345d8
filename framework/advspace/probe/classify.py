"""Classify the points of many cells together, in full forward passes.

A cell is one center, scale and box policy.  A cell with few draws does not fill a forward pass, and with small networks
most of the time is spent in calls.  So points of several cells share a pass.  The logits of many passes are counted
together, and nothing waits for a GPU until the end.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from advspace.progress.ticks import tick
from advspace.shapes import Draws, Image, Logits, Points

Classes = NDArray[np.unsignedinteger[Any]]
"""The class of each point of a cell: uint8 if there are at most 256 classes, else uint16."""
BYTE = 256
KEPT = 100_000
"""Most logits kept before they are counted; so many still fit into the caches."""


class ClassCounter:
    """Enqueues points, classifies them when a forward pass is full, and counts classes per cell.

    Args:
        model: Frozen network, pixels to logits.
        like: An image with the shape, number type and device of the points.
        rows: Points in a forward pass.
        memory_format: Memory format of the points.
        labelled: Whether to keep the class of each point.
    """

    def __init__(
        self,
        model: nn.Module,
        like: Image,
        rows: int,
        memory_format: torch.memory_format = torch.contiguous_format,
        *,
        labelled: bool = False,
    ) -> None:
        self.model = model
        self.rows = rows
        shape = (rows, *like.shape)
        self._points = torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=memory_format)
        self._filled = 0
        self._cells = 0
        self._waiting: list[tuple[int, int]] = []  # cell and number of points, in the next forward pass
        self._enqueued: list[tuple[int, int]] = []  # cell and number of points, in the order of the logits
        self._logits: list[torch.Tensor] = []
        self._counts = torch.zeros((0, 0), dtype=torch.long, device=like.device)  # the last column: not finite
        self._parts: dict[tuple[int, int], Draws] = {}
        self._labelled = labelled
        self._labels: list[torch.Tensor] = []
        self._owners: list[tuple[int, int]] = []  # cell and number of points, in the order of the labels

    @property
    def free(self) -> int:
        """Free rows of the next forward pass, at least one: a full pass counts as a new one."""
        return self.rows - self._filled or self.rows

    def cell(self) -> int:
        """Begin a cell and return its number, from 0."""
        self._cells += 1
        return self._cells - 1

    def enqueue(self, cells: Sequence[int], count: int) -> Points:
        """Rows of one forward pass for `count` points of each cell; the caller fills them before the next call.

        Args:
            cells: Numbers of the cells.
            count: Points of each cell; all points together must fit into one forward pass.
        """
        if self._filled + count * len(cells) > self.rows:
            self._classify()
        self._waiting += [(cell, count) for cell in cells]
        rows = self._part(self._filled, count * len(cells))
        self._filled += count * len(cells)
        return rows.view(len(cells), count, *rows.shape[1:])

    def add_logits(self, cells: Sequence[int], logits: torch.Tensor) -> None:
        """Add points whose logits are known; a cell gets all its points this way, or none.

        Args:
            cells: Numbers of the cells.
            logits: Logits of the points, of shape (cells, points, classes).
        """
        count = logits.shape[1]
        self._enqueued += [(cell, count) for cell in cells]
        self._keep(logits.flatten(0, 1))
        tick("draws", count * len(cells))

    def counts(self) -> list[list[int]]:
        """Number of points per cell and class, over all points enqueued; points of `not_finite` are in no class."""
        result: list[list[int]] = self._counted()[:, :-1].tolist()
        return result

    def not_finite(self) -> list[int]:
        """The cells in which the model gave logits that are NaN or infinite, over all points enqueued."""
        result: list[int] = np.flatnonzero(self._counted()[:, -1:]).tolist()
        return result

    def labels(self) -> list[Classes]:
        """The class of each point of each cell, in the order in which the points were enqueued.

        The counter must be `labelled`.  A point with logits that are NaN or infinite has any class.
        """
        self._classify()
        self._count()
        classes = torch.cat(self._labels).cpu().numpy()
        small: Classes = classes.astype(np.uint8 if classes.dtype == np.uint8 else np.uint16, copy=False)
        parts: list[list[Classes]] = [[] for _ in range(self._cells)]
        first = 0
        for cell, points in self._owners:
            parts[cell].append(small[first : first + points])
            first += points
        return [each[0] if len(each) == 1 else np.concatenate(each) for each in parts]

    def _counted(self) -> NDArray[np.int64]:
        """Number of points per cell and class, and in the last column with logits that are NaN or infinite."""
        self._classify()
        self._count()
        result: NDArray[np.int64] = self._counts.cpu().numpy()
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
        self._enqueued += self._waiting
        self._waiting.clear()
        self._keep(logits.clone())  # a model may overwrite them in its next pass
        tick("draws", self._filled)
        self._filled = 0

    def _keep(self, logits: Logits) -> None:
        """Keep logits until there are enough to count."""
        self._logits.append(logits)
        if sum(each.numel() for each in self._logits) > KEPT:
            self._count()

    def _count(self) -> None:
        """Count the classes of the logits kept: a few operations for many passes.

        No small tensors are kept per pass: they would fragment the memory between large ones.
        """
        if not self._logits:
            return
        logits = torch.cat(self._logits)
        columns = logits.shape[1] + 1
        known = len(self._counts)
        if known < self._cells:
            more = self._counts.new_zeros((self._cells - known, columns))
            self._counts = torch.cat([self._counts.view(known, columns), more])
        owners = torch.from_numpy(np.repeat(*np.array(self._enqueued).T)).to(logits.device)
        finite = logits.sum(1, dtype=torch.float32).isfinite()  # it is not if one logit is not
        labels = logits.argmax(1)
        keys = owners * columns + labels.where(finite, columns - 1)
        self._counts.view(-1).index_add_(0, keys, torch.ones_like(keys))
        if self._labelled:
            self._labels.append(labels.to(torch.uint8 if columns <= BYTE + 1 else torch.int32))
            self._owners += self._enqueued
        self._logits.clear()
        self._enqueued.clear()
