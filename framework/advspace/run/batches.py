"""The attacks still to do, in batches for one or several processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import torch
from torch.utils.data import Dataset as TorchDataset

from advspace.dataset.contract import UNLABELLED, Batch, Split
from advspace.errors import AdvspaceError
from advspace.selection.selection import Selection


class WorkItem(NamedTuple):
    """One batch to attack and probe; it may be empty."""

    position: int
    batch: Batch
    target: torch.Tensor
    labelled: torch.Tensor
    turns: list[int]


@dataclass(frozen=True)
class Pending:
    """The attacks of a selection that are still to do.

    Args:
        split: Split of the images.
        selection: All attacks of the run.
        todo: Indices of the remaining attacks in `selection`.
    """

    split: Split
    selection: Selection
    todo: Sequence[int]

    def work(self, positions: Sequence[int]) -> WorkItem:
        """Some of the attacks as one batch.

        Raises:
            AdvspaceError: an image is missing or cannot be read.
        """
        if not positions:
            none = torch.zeros(0, dtype=torch.int64)
            return WorkItem(len(self.selection.ids), Batch([], torch.zeros(0, 1, 1, 1), none), none, none > 0, [])
        batch = self._read(positions)
        label, target = (
            torch.tensor([values[position] for position in positions])
            for values in (self.selection.labels, self.selection.targets)
        )
        turns = [self.selection.turn(position) for position in positions]
        return WorkItem(positions[0], batch._replace(label=label), target, batch.label != UNLABELLED, turns)

    def _read(self, positions: Sequence[int]) -> Batch:
        wanted = {self.selection.indices[position]: self.selection.ids[position] for position in positions}
        indices = [index for index in wanted if index < len(self.split)]
        batch = self.split.__getitems__(indices)
        lost = next((id_ for id_ in wanted.values() if id_ not in batch.ids), None)
        if lost is not None:
            raise AdvspaceError(
                f"image {lost} was chosen when the run began and is not there now, or cannot be read; "
                "bring the images back to what they were, or start anew"
            )
        rows = [batch.ids.index(self.selection.ids[position]) for position in positions]
        return Batch([batch.ids[row] for row in rows], batch.image[rows], batch.label[rows])


@dataclass(frozen=True)
class Batches(TorchDataset[WorkItem]):
    """The attacks in batches; an item is a whole batch, so no sampler can split a batch.

    Args:
        pending: The attacks.
        positions: Indices in the selection, batch by batch.
    """

    pending: Pending
    positions: Sequence[Sequence[int]]

    @classmethod
    def of(cls, pending: Pending, batch_size: int, processes: int) -> "Batches":
        """Batches of at most `batch_size`; smaller or empty ones if there is not enough work for all processes.

        Lightning gives process r of n the batches r, r + n, r + 2n, ..., and every process needs at least one.
        """
        size = min(batch_size, ceil(len(pending.todo) / processes))
        positions = [pending.todo[first : first + size] for first in range(0, len(pending.todo), size)]
        return cls(pending, [*positions, *[()] * (processes - len(positions))])

    def of_first(self, processes: int) -> int:
        """Number of attacks of the first of several processes."""
        return sum(len(positions) for positions in self.positions[::processes])

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, index: int) -> WorkItem:
        return self.pending.work(self.positions[index])
