"""A chart as values: what is drawn, not how; `advspace.figures` and `advspace.report` render it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from advspace.analysis.appearance import Look, ticks
from advspace.checks import one_of
from advspace.errors import AdvspaceError

Floats = NDArray[np.float64]
Numbers = Sequence[float] | NDArray[Any]
SCALES = ("linear", "log2", "log10")
ROOM = 0.04
"""Beside the outermost tick marks, as a share of the axis."""
PLAIN = Look("#444444", "-", "")


@dataclass(frozen=True)
class Axis:
    """An axis.

    Args:
        label: What it measures, with its unit.
        scale: `linear`, `log2` or `log10`.
        marks: Tick marks, each a value and its text; the renderer chooses where there are none.
        limits: Lowest and highest value shown; the renderer chooses where there are none.
    """

    label: str = ""
    scale: Literal["linear", "log2", "log10"] = "linear"
    marks: tuple[tuple[float, str], ...] = ()
    limits: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        one_of("scale", self.scale, SCALES)

    @property
    def range(self) -> tuple[float, float] | None:
        """The limits or, where there are none, a little more than from the first tick mark to the last."""
        if self.limits is not None or len(self.marks) < 2:
            return self.limits
        first, last = (self.forward(end(value for value, _ in self.marks)) for end in (min, max))
        room = ROOM * (last - first)
        return self.backward(first - room), self.backward(last + room)

    def forward(self, value: float) -> float:
        """Where a value is on the axis: its logarithm, unless the axis is linear."""
        return value if self.scale == "linear" else log10(value)

    def backward(self, value: float) -> float:
        """The inverse of `forward`."""
        return value if self.scale == "linear" else 10**value


@dataclass(frozen=True)
class Line:
    """A line through points, with a band around it where both ends of an interval are given.

    Args:
        x: Where the points are.
        y: Their height.
        name: In the legend; lines without a name are not in it.
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
class Points:
    """Points without a line.

    Args:
        x: Where they are.
        y: Their height.
        name: In the legend.
        look: Colour and marker.
        texts: What each says when it is pointed at.
        markers: A marker for each, in the place of the look's.
    """

    x: Numbers
    y: Numbers
    name: str = ""
    look: Look = field(default=Look("#0072B2", "", "o"))
    texts: Sequence[str] = ()
    markers: Sequence[str] = ()


@dataclass(frozen=True)
class Bars:
    """A histogram.

    Args:
        edges: Of the bars, one more than there are bars.
        heights: Of the bars.
        name: In the legend.
        look: Colour.
    """

    edges: Numbers
    heights: Numbers
    name: str = ""
    look: Look = PLAIN


@dataclass(frozen=True)
class Rule:
    """An upright line through the whole panel.

    Args:
        x: Where.
        text: Beside its upper end.
    """

    x: float
    text: str = ""


@dataclass(frozen=True)
class Heat:
    """A map of percentages: one row per entry of `rows`, one column per entry of `columns`.

    Args:
        values: Shape (rows, columns), in [0, 100].
        columns: The tick mark of each column: its value and its text.
        rows: What each row is called.
        label: What the values are.
    """

    values: Floats
    columns: Sequence[tuple[float, str]]
    rows: Sequence[str]
    label: str


@dataclass(frozen=True)
class Picture:
    """An image.

    Args:
        pixels: Shape (height, width) or (height, width, 3), in [0, 1].
    """

    pixels: Floats


Mark = Line | Points | Bars | Rule | Heat | Picture


@dataclass(frozen=True)
class Panel:
    """One set of axes.

    Args:
        marks: What is drawn, from back to front.
        title: Above it.
        x: The horizontal axis.
        y: The vertical axis.
        note: A few short lines in a corner.
        square: Whether a unit is as long on both axes.
    """

    marks: Sequence[Mark]
    title: str = ""
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    note: str = ""
    square: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is no finite number to draw."""
        return not any(_finite(mark) for mark in self.marks)


@dataclass(frozen=True)
class Chart:
    """A figure of one panel or several.

    Args:
        name: Of its files; letters, digits, `_` and `-`; unique among the charts of a run.
        subject: What was analysed, such as `digits, logistic`; a figure's title begins with it, a report has it above.
        title: Above it.
        text: What it shows, for readers who cannot see it.
        panels: Row by row; None leaves a place empty.
        columns: How many panels are beside one another.
        note: Below it, in a sentence or two.

    Raises:
        AdvspaceError: the name is no file name, or there is no panel.
    """

    name: str
    subject: str
    title: str
    text: str
    panels: Sequence[Panel | None]
    columns: int = 1
    note: str = ""

    def __post_init__(self) -> None:
        if not self.name.replace("-", "_").isidentifier():
            raise AdvspaceError(
                f"a chart's name must be of letters, digits, _ and -, and begin with a letter, got '{self.name}'"
            )
        if not any(self.panels) or self.columns < 1:
            raise AdvspaceError(f"chart '{self.name}' must have a panel and a column, got {len(self.panels)} panels")

    @property
    def full_title(self) -> str:
        """The title with its subject in front."""
        return ": ".join(part for part in (self.subject, self.title) if part)

    @property
    def drawn(self) -> list[Panel]:
        """The panels that there are."""
        return [panel for panel in self.panels if panel is not None]

    @property
    def legend(self) -> dict[str, Look]:
        """The look of each name, in the order of drawing."""
        marks = [mark for panel in self.drawn for mark in panel.marks]
        return {mark.name: mark.look for mark in marks if isinstance(mark, Line | Points | Bars) and mark.name}


def grid(panels: dict[tuple[str, str], Panel]) -> tuple[list[Panel | None], int]:
    """Panels row by row, and how many are beside one another; rows and columns are in the order in which they come up.

    Args:
        panels: By row and column.
    """
    rows, columns = (list(dict.fromkeys(place[axis] for place in panels)) for axis in (0, 1))
    return [panels.get((row, column)) for row in rows for column in columns], len(columns)


def scale_axis(scales: Iterable[float], label: str) -> Axis:
    """The axis of a probe's scale, with a tick mark at each: in powers of two, or straight where a scale is 0."""
    values = sorted(set(scales))
    return Axis(label, "log2" if all(value > 0 for value in values) else "linear", ticks(values))


def share_axis(label: str) -> Axis:
    """An axis from 0 to 100 %."""
    return Axis(f"{label}, %", "linear", tuple((float(value), str(value)) for value in (0, 25, 50, 75, 100)), (-3, 103))


def _finite(mark: Mark) -> bool:
    match mark:
        case Line() | Points():
            return bool((np.isfinite(np.asarray(mark.x)) & np.isfinite(np.asarray(mark.y))).any())
        case Bars():
            return bool(np.isfinite(np.asarray(mark.heights)).any())
        case Heat():
            return bool(np.isfinite(mark.values).any())
        case Picture():
            return bool(np.isfinite(mark.pixels).any())
        case Rule():
            return False
