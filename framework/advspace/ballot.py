"""Ask the model about the points of many cells together, in full forward passes.

A cell is one center, scale and box policy.  With few draws a cell does not fill a forward pass, and small networks cost
mostly the calls; so rows of several cells share one.  Nothing is counted, and nothing waits for a GPU, until the end.
"""

import torch
from torch import nn

from advspace.errors import AdvspaceError
from advspace.layout import layout_of
from advspace.progress import tick
from advspace.shapes import Draws, Image, PerImage


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
        self.cells = cells
        shape = (rows, *like.shape)
        self.points = torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=layout_of(model))
        self.filled = 0
        self.classes = 1
        self._asked: list[tuple[int, int]] = []  # cell and number of rows, in the order of the labels
        self._labels: list[torch.Tensor] = []
        self._checks: list[torch.Tensor] = []
        self._added: list[torch.Tensor] = []
        self._added_to: list[int] = []

    def rows(self, cell: int, count: int, *, beside: int = 0) -> Draws:
        """Room for `count` points of a cell, which the caller fills before it asks for more.

        Args:
            cell: Which cell.
            count: How many, at most as many as there are rows.
            beside: How many more will be asked for that must be in the same forward pass.
        """
        if self.filled + count + beside > len(self.points):
            self._ask()
        self._asked.append((cell, count))
        self.filled += count
        return self.points[self.filled - count : self.filled]

    def measure(self, cell: int, total: PerImage, norm: PerImage, moved: PerImage) -> None:
        """Note what was added to the center in some of a cell's points.

        Args:
            cell: Which cell.
            total: Sum over the pixels.
            norm: Euclidean norm.
            moved: How many pixels the box moved.
        """
        self._added.append(torch.stack([total, norm, moved]))
        self._added_to.append(cell)

    def counts(self) -> torch.Tensor:
        """Points per cell and class, of all that were gathered.

        Raises:
            AdvspaceError: the model gave logits that are not finite.
        """
        self._ask()
        if not torch.isfinite(torch.stack(self._checks)).all():
            raise AdvspaceError(
                "the model gives NaN or infinite logits on a probe; check its weights, or lower the scale"
            )
        labels = torch.cat(self._labels)
        cells, counts = torch.tensor(self._asked, device=labels.device).T
        keys = cells.repeat_interleave(counts, output_size=len(labels)) * self.classes + labels
        return torch.bincount(keys, minlength=self.cells * self.classes).reshape(self.cells, self.classes).cpu()

    def added(self) -> list[list[float]]:
        """What was measured, per cell: the sums of total, norm, squared norm and moved, and of how many points."""
        sums = torch.zeros((self.cells, 5), dtype=torch.float64, device=self.points.device)
        if self._added:
            total, norm, moved = torch.cat(self._added, 1).double()
            sizes = torch.tensor([part.shape[1] for part in self._added], device=sums.device)
            cells = torch.tensor(self._added_to, device=sums.device).repeat_interleave(sizes)
            sums.index_add_(0, cells, torch.stack([total, norm, norm.square(), moved, torch.ones_like(norm)], 1))
        found: list[list[float]] = sums.tolist()
        return found

    def _ask(self) -> None:
        """Classify what was gathered."""
        if not self.filled:
            return
        with torch.no_grad():
            logits = self.model(self.points[: self.filled])
        self.classes = logits.shape[1]
        self._checks.append(logits.sum())
        self._labels.append(logits.argmax(1))
        tick("draws", self.filled)
        self.filled = 0
