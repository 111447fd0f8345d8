"""Fill forward passes with noise around centers, and measure what is added.

One operation clips and measures the points of many cells: with small images the time is in the calls, not in the
numbers.
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import torch

from advspace.box import CLIP, HIGH, LOW
from advspace.noise.offsets import Offsets
from advspace.probe.cells import Cell
from advspace.probe.classify import ClassCounter
from advspace.probe.measure import Measurements, measure


class Filling(NamedTuple):
    """Some cells that get the same noise.

    Args:
        cells: Cells with one center, those first that do not clip.
        factor: Factor of the noise.
        offsets: The noise images; together with the number of cells they fit into a forward pass.
        measured: Number of first images that are measured.
    """

    cells: Sequence[Cell]
    factor: float
    offsets: Offsets
    measured: int

    @property
    def points(self) -> int:
        """Number of points."""
        return len(self.cells) * len(self.offsets)

    def alike(self, other: "Filling") -> bool:
        """Whether one operation can do both: equal numbers, and the same places of the cells that clip."""
        return (len(self.offsets), self.measured) == (len(other.offsets), other.measured) and [
            cell.box == CLIP for cell in self.cells
        ] == [cell.box == CLIP for cell in other.cells]


class NoiseFiller:
    """Adds noise to cells; the last ones wait for others that are alike, until `finish`.

    Args:
        counter: Classifies the points.
        measurements: Keeps what was added.
    """

    def __init__(self, counter: ClassCounter, measurements: Measurements) -> None:
        self._counter = counter
        self._measurements = measurements
        self._waiting: list[Filling] = []

    def add(self, filling: Filling) -> None:
        """Add noise to some cells."""
        if self._waiting:
            free = self._counter.free
            room = free if free >= filling.points else self._counter.rows
            if (len(self._waiting) + 1) * filling.points > room or not filling.alike(self._waiting[0]):
                self.finish()
        self._waiting.append(filling)

    def finish(self) -> None:
        """Fill the cells that wait."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        places = list(zip(*(each.cells for each in waiting), strict=True))
        clips = [cells[0].box == CLIP for cells in places]
        numbers = [[cell.number for cell in cells] for cells in places]
        points = self._counter.enqueue(list(chain(*numbers)), len(waiting[0].offsets))
        unboxed, *others = boxed = points.view(len(places), len(waiting), *points.shape[1:]).unbind()
        for each, out in zip(waiting, unboxed.unbind(), strict=True):
            each.offsets.add_to(each.cells[0].around, each.factor, out)
        measured = waiting[0].measured
        before = unboxed[:, :measured]
        if clips[0]:
            before = before.clone()
            unboxed.clamp_(LOW, HIGH)
        for clip, out in zip(clips[1:], others, strict=True):
            torch.clamp(unboxed, LOW, HIGH, out=out) if clip else out.copy_(unboxed)
        if measured and clips[-1]:
            centers = torch.stack([each.cells[0].around for each in waiting])
            applied = measure(centers, before, boxed[-1][:, :measured])
            for clip, cells in zip(clips, numbers, strict=True):
                if clip:
                    self._measurements.add(cells, applied)
