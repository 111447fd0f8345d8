"""A chart as values, which `advspace.figures` and `advspace.report` render."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import Literal

from advspace.analysis.appearance import Look, ticks
from advspace.analysis.marks import Area, Bars, Line, Mark, Points, finite
from advspace.checks import one_of
from advspace.errors import AdvspaceError

SCALES = ("linear", "log2", "log10")
ROOM = 0.04
"""Space beyond the first and the last tick mark, as a share of the axis."""


@dataclass(frozen=True)
class Axis:
    """An axis.

    Args:
        label: Quantity and unit.
        scale: `linear`, `log2` or `log10`.
        marks: Tick marks, each a value and its text; if empty, the renderer chooses them.
        limits: Lowest and highest value shown; if None, the renderer chooses them.
    """

    label: str = ""
    scale: Literal["linear", "log2", "log10"] = "linear"
    marks: tuple[tuple[float, str], ...] = ()
    limits: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        one_of("scale", self.scale, SCALES)

    @property
    def range(self) -> tuple[float, float] | None:
        """The limits; if None, a range slightly larger than that of the tick marks."""
        if self.limits is not None or len(self.marks) < 2:
            return self.limits
        first, last = (self.forward(end(value for value, _ in self.marks)) for end in (min, max))
        room = ROOM * (last - first)
        return self.backward(first - room), self.backward(last + room)

    def forward(self, value: float) -> float:
        """Position of a value on the axis: its logarithm, unless the axis is linear."""
        return value if self.scale == "linear" else log10(value)

    def backward(self, value: float) -> float:
        """The inverse of `forward`."""
        return value if self.scale == "linear" else 10**value


@dataclass(frozen=True)
class Panel:
    """One set of axes.

    Args:
        marks: The marks, from back to front.
        title: Title above the panel.
        x: The horizontal axis.
        y: The vertical axis.
        note: A few short lines in a corner.
        square: Whether a unit has the same length on both axes.
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
        return not any(finite(mark) for mark in self.marks)


@dataclass(frozen=True)
class Chart:
    """A figure of one panel or several.

    Args:
        name: Name of its files: letters, digits, `_` and `-`; unique among the charts of a run.
        subject: Data and model, such as `digits, logistic`; a figure's title begins with it, a report shows it above.
        title: Title above the chart.
        text: Description for readers who cannot see the chart.
        panels: The panels, row by row; None leaves a cell empty.
        columns: Number of panels in a row.
        note: One or two sentences below the chart.

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

    def __repr__(self) -> str:
        return f"Chart({self.name}: {self.full_title}; {len(self.drawn)} panels)"

    @property
    def full_title(self) -> str:
        """Subject and title."""
        return ": ".join(part for part in (self.subject, self.title) if part)

    @property
    def drawn(self) -> list[Panel]:
        """The panels without the empty cells."""
        return [panel for panel in self.panels if panel is not None]

    @property
    def legend(self) -> dict[str, Look]:
        """The look of each name, in the order of drawing."""
        marks = [mark for panel in self.drawn for mark in panel.marks]
        return {mark.name: mark.look for mark in marks if isinstance(mark, Line | Area | Points | Bars) and mark.name}


def grid(panels: dict[tuple[str, str], Panel]) -> tuple[list[Panel | None], int]:
    """Panels row by row, and the number of columns; rows and columns keep the order of `panels`.

    Args:
        panels: Panels by names of row and column.
    """
    rows, columns = (list(dict.fromkeys(cell[axis] for cell in panels)) for axis in (0, 1))
    return [panels.get((row, column)) for row in rows for column in columns], len(columns)


def scale_axis(scales: Iterable[float], label: str) -> Axis:
    """The axis of a probe's scales, with a tick mark at each: log2, or linear if a scale is 0."""
    values = sorted(set(scales))
    return Axis(label, "log2" if all(value > 0 for value in values) else "linear", ticks(values))


def share_axis(label: str) -> Axis:
    """An axis from 0 to 100 %."""
    return Axis(f"{label}, %", "linear", tuple((float(value), str(value)) for value in (0, 25, 50, 75, 100)), (-3, 103))
