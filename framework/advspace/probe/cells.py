"""Cells: groups of points, each with one record."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advspace.box import CLIP
from advspace.shapes import Image


@dataclass(frozen=True, eq=False)
class Cell:
    """A group of points with one record.

    Args:
        number: Index of the cell, from 0.
        center: Name of the center.
        box: Box policy.
        scale: Scale of the points, or their distance from the center, >= 0.
        around: Image of the center.
        extra: Additional columns of the record.
    """

    number: int
    center: str
    box: str
    scale: float
    around: Image
    extra: Mapping[str, str | int | float]


def by_scale(cells: Sequence[Cell], most: int) -> dict[float, list[list[Cell]]]:
    """The cells of each scale, in groups with one center; in a group the cells without clipping come first.

    Args:
        cells: The cells; scales and groups keep their order.
        most: Most cells in a group.
    """
    groups: dict[tuple[float, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.scale, id(cell.around)].append(cell)
    result: dict[float, list[list[Cell]]] = defaultdict(list)
    for (scale, _), group in groups.items():
        group.sort(key=lambda cell: cell.box == CLIP)
        result[scale] += [group[first : first + most] for first in range(0, len(group), most)]
    return result
