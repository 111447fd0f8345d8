"""The marks of a forest plot: a row per name, with a point and its interval."""

from collections.abc import Iterable, Sequence
from typing import Any

from advspace.analysis.appearance import Look
from advspace.analysis.chart import Axis
from advspace.analysis.marks import Line, Mark, Numbers, Points


def row_heights(names: Iterable[str]) -> dict[str, float]:
    """The height of each different name, from the top down to 1."""
    listed = list(dict.fromkeys(names))
    return {name: float(len(listed) - index) for index, name in enumerate(listed)}


def row_axis(heights: dict[str, float]) -> Axis:
    """The axis that names the rows."""
    marks = tuple((height, name) for name, height in heights.items())
    return Axis(marks=marks, limits=(0.4, len(heights) + 0.6))


def interval_bars(
    values: Numbers, low: Numbers, high: Numbers, heights: Any, look: Look, name: str = "", texts: Sequence[str] = ()
) -> list[Mark]:
    """A point per row, with a line from end to end of its interval if there is one.

    Args:
        values: The estimates.
        low: Lower ends; NaN for none.
        high: Upper ends.
        heights: Height of each row.
        look: Colour and marker.
        name: Name in the legend.
        texts: Text of each point under the mouse pointer.
    """
    bars: list[Mark] = [
        Line([first, last], [height, height], look=Look(look.colour, "-"))
        for first, last, height in zip(low, high, heights, strict=True)
        if first == first and last == last
    ]
    return [*bars, Points(values, heights, name, Look(look.colour, "", look.marker), texts)]
