"""The marks of a chart as values: lines, areas, points, bars, rules, maps and images."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advspace.analysis.appearance import Look

Floats = NDArray[np.float64]
Numbers = Sequence[float] | NDArray[Any]
PLAIN = Look("#444444", "-", "")
MOST_NAMED = 12
"""Most rows of a map with names beside them."""
MOST_NUMBERED = 8
"""Most numbers beside the rows of a map that has no names."""
STEPS = [times * 10**power for power in range(9) for times in (2, 5, 10)]
"""Steps between such numbers."""


@dataclass(frozen=True)
class Line:
    """A line through points, with a band around it if both `low` and `high` are given.

    Args:
        x: Horizontal coordinates of the points.
        y: Vertical coordinates of the points.
        name: Name in the legend; lines without a name are not in it.
        look: Colour, line and marker.
        low: Lower ends of the band.
        high: Upper ends of the band.
    """

    x: Numbers
    y: Numbers
    name: str = ""
    look: Look = PLAIN
    low: Numbers | None = None
    high: Numbers | None = None


@dataclass(frozen=True)
class Area:
    """The area between two curves, such as a layer of a stack; draw its edges with their uncertainty as lines.

    Args:
        x: Horizontal coordinates.
        low: Lower curve.
        high: Upper curve.
        name: Name in the legend.
        look: Colour.
        texts: Text at each coordinate under the mouse pointer; if empty, the height of the area.
    """

    x: Numbers
    low: Numbers
    high: Numbers
    name: str = ""
    look: Look = PLAIN
    texts: Sequence[str] = ()


@dataclass(frozen=True)
class Points:
    """Points without a line.

    Args:
        x: Horizontal coordinates.
        y: Vertical coordinates.
        name: Name in the legend.
        look: Colour and marker.
        texts: Text of each point under the mouse pointer.
        markers: Marker of each point, instead of the look's.
        low: Lower ends of horizontal intervals, drawn as bars if both `low` and `high` are given.
        high: Upper ends of the intervals.
    """

    x: Numbers
    y: Numbers
    name: str = ""
    look: Look = field(default=Look("#0072B2", "", "o"))
    texts: Sequence[str] = ()
    markers: Sequence[str] = ()
    low: Numbers | None = None
    high: Numbers | None = None


@dataclass(frozen=True)
class Bars:
    """A histogram.

    Args:
        edges: Edges of the bars, one more than the number of bars.
        heights: Heights of the bars.
        name: Name in the legend.
        look: Colour.
    """

    edges: Numbers
    heights: Numbers
    name: str = ""
    look: Look = PLAIN


@dataclass(frozen=True)
class Rule:
    """A vertical line through the whole panel.

    Args:
        x: Horizontal coordinate.
        text: Text beside its upper end.
    """

    x: float
    text: str = ""


@dataclass(frozen=True)
class Heat:
    """A map of percentages: one row per entry of `rows`, one column per entry of `columns`.

    Args:
        values: Shape (rows, columns), in [0, 100].
        columns: Tick mark of each column: its value and its text.
        rows: Name of each row.
        label: Meaning of the values.
    """

    values: Floats
    columns: Sequence[tuple[float, str]]
    rows: Sequence[str]
    label: str

    @property
    def row_marks(self) -> list[tuple[int, str]]:
        """Tick marks of the rows, each an index and its text: the names of few rows; else their numbers, from 1."""
        if len(self.rows) <= MOST_NAMED:
            return list(enumerate(self.rows))
        step = next(step for step in STEPS if len(self.rows) <= MOST_NUMBERED * step)
        numbers = [*range(1, len(self.rows) + 1, step)] if step == 2 else [1, *range(step, len(self.rows) + 1, step)]
        return [(number - 1, str(number)) for number in numbers]


@dataclass(frozen=True)
class Picture:
    """An image.

    Args:
        pixels: Shape (height, width) or (height, width, 3), in [0, 1].
    """

    pixels: Floats


Mark = Line | Area | Points | Bars | Rule | Heat | Picture


def finite(mark: Mark) -> bool:
    """Whether a mark has a finite number to draw; a rule has none."""
    match mark:
        case Line() | Points():
            return bool((np.isfinite(np.asarray(mark.x)) & np.isfinite(np.asarray(mark.y))).any())
        case Area():
            return bool(np.isfinite(np.array([mark.x, mark.low, mark.high], np.float64)).all(0).any())
        case Bars():
            return bool(np.isfinite(np.asarray(mark.heights)).any())
        case Heat():
            return bool(np.isfinite(mark.values).any())
        case Picture():
            return bool(np.isfinite(mark.pixels).any())
        case Rule():
            return False
