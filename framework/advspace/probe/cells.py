"""Cells: the points that make one record each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advspace.box import CLIP
from advspace.shapes import Image


@dataclass(frozen=True, eq=False)
class Cell:
    """Points that make one record.

    Args:
        number: Which one, from 0 on.
        center: Name of the center.
        box: Box policy.
        scale: How far away the points are, >= 0.
        around: The center itself.
        extra: More columns of the record.
    """

    number: int
    center: str
    box: str
    scale: float
    around: Image
    extra: Mapping[str, str | int | float]


def by_scale(cells: Sequence[Cell], most: int) -> dict[float, list[list[Cell]]]:
    """The cells of each scale, in groups around one center, those that do not clip first.

    Args:
        cells: In the order that scales and groups are to have.
        most: Cells in a group.
    """
    groups: dict[tuple[float, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.scale, id(cell.around)].append(cell)
    result: dict[float, list[list[Cell]]] = defaultdict(list)
    for (scale, _), group in groups.items():
        group.sort(key=lambda cell: cell.box == CLIP)
        result[scale] += [group[first : first + most] for first in range(0, len(group), most)]
    return result
