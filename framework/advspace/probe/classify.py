"""Ask the model about the points of many cells together, in full forward passes.

A cell is one center, scale and box policy.  With few draws a cell does not fill a forward pass, and small networks cost
mostly the calls; so rows of several cells share one.  Logits are looked at many at once, and nothing waits for a GPU
until the end.
"""

from collections.abc import Sequence

import torch
from torch import nn

from advspace.errors import AdvspaceError
from advspace.noise.offsets import Applied
from advspace.progress.ticks import tick
from advspace.shapes import Draws, Image

KEPT = 100_000
"""So many logits may wait to be looked at, while they are still in the caches."""


class ClassCounter:
    """Gathers points, classifies them when there are enough, and counts per cell.

    Args:
        model: Frozen network, pixels to logits.
        like: An image: shape, number type and device of the points.
        cells: How many cells there are.
        rows: Points in a forward pass.
        memory_format: Of the points.
    """

    def __init__(
        self,
        model: nn.Module,
        like: Image,
        cells: int,
        rows: int,
        memory_format: torch.memory_format = torch.contiguous_format,
    ) -> None:
        self.model = model
        self.cells = cells
        shape = (rows, *like.shape)
        self.points = torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=memory_format)
        self.filled = 0
        self._asked: list[tuple[int, int]] = []  # cell and number of rows, in the order of the logits
        self._logits: list[torch.Tensor] = []
        self._counts = torch.zeros((cells, 0), dtype=torch.long, device=like.device)
        self._sum = torch.zeros((), device=like.device)
        self._added: list[Applied] = []
        self._parts: dict[tuple[int, int], Draws] = {}
        self._added_to: list[int] = []

    def rows(self, cells: Sequence[int], count: int) -> list[Draws]:
        """Room for `count` points of each cell in one forward pass, which the caller fills before it asks for more.

        Args:
            cells: Which cells.
            count: How many of each; at most as many as there are rows, for all together.
        """
        if self.filled + count * len(cells) > self.points.shape[0]:
            self._ask()
        result = []
        for cell in cells:
            self._asked.append((cell, count))
            result.append(self._part(self.filled, count))
            self.filled += count
        return result

    def _part(self, first: int, count: int) -> Draws:
        """Points from `first` on; made once, for a view costs as much as a small layer."""
        if (first, count) not in self._parts:
            self._parts[first, count] = self.points[first : first + count]
        return self._parts[first, count]

    def measure(self, cell: int, applied: Applied) -> None:
        """Note what was added to the center in some of a cell's points."""
        self._added.append(applied)
        self._added_to.append(cell)

    def counts(self) -> torch.Tensor:
        """Points per cell and class, of all that were gathered.

        Raises:
            AdvspaceError: the model gave logits that are not finite.
        """
        self._ask()
        self._decide()
        if not self._sum.isfinite():
            raise AdvspaceError(
                "the model gives NaN or infinite logits on a probe; check its weights, or lower the scale"
            )
        return self._counts.cpu()

    def applied(self) -> list[list[float]]:
        """What was measured, per cell: the sums of total, norm, squared norm and moved, and of how many points."""
        sums = torch.zeros((self.cells, 5), dtype=torch.float64, device=self.points.device)
        if self._added:
            total, norm, moved = (torch.cat(column).double() for column in zip(*self._added, strict=True))
            sizes = torch.tensor([len(part.total) for part in self._added], device=sums.device)
            cells = torch.tensor(self._added_to, device=sums.device).repeat_interleave(sizes)
            sums.index_add_(0, cells, torch.stack([total, norm, norm.square(), moved, torch.ones_like(norm)], 1))
        result: list[list[float]] = sums.tolist()
        return result

    def _ask(self) -> None:
        """Let the model answer on what was gathered."""
        if not self.filled:
            return
        with torch.no_grad():
            logits = self.model(self._part(0, self.filled))
        self._logits.append(logits.clone())  # a model may write over them in its next pass
        tick("draws", self.filled)
        self.filled = 0
        if len(self._logits) * logits.numel() > KEPT:
            self._decide()

    def _decide(self) -> None:
        """Count the classes of the logits kept: a few operations on many rather than after each pass.

        Nothing small stays behind: between large pieces of memory that come and go it would keep these from fitting.
        """
        if not self._logits:
            return
        logits = torch.cat(self._logits)
        classes = logits.shape[1]
        if not self._counts.numel():
            self._counts = self._counts.new_zeros((self.cells, classes))
        cells, rows = torch.tensor(self._asked, device=logits.device).T
        keys = cells.repeat_interleave(rows, output_size=len(logits)) * classes + logits.argmax(1)
        self._counts.view(-1).index_add_(0, keys, torch.ones_like(keys))
        self._sum += logits.sum()  # not finite where one of them is not
        self._logits.clear()
        self._asked.clear()
