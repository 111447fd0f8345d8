"""Rows of a forest plot: heights from the top, an axis with their names, a bar where there is an interval."""

from math import nan

from advspace.analysis.appearance import Look
from advspace.analysis.forest import interval_bars, row_axis, row_heights
from advspace.analysis.marks import Line, Points


def test_rows_go_from_the_top_down():
    heights = row_heights(["b", "a", "b"])
    assert heights == {"b": 2.0, "a": 1.0}
    assert row_axis(heights).marks == ((2.0, "b"), (1.0, "a"))


def test_a_row_without_an_interval_has_no_bar():
    bar, points = interval_bars([1.0, 2.0], [0.5, nan], [3.0, nan], [2.0, 1.0], Look("#000000", "-", "o"), "mine")
    assert isinstance(bar, Line)
    assert (bar.x, bar.y) == ([0.5, 3.0], [2.0, 2.0])
    assert isinstance(points, Points)
    assert (points.x, points.y, points.name) == ([1.0, 2.0], [2.0, 1.0], "mine")
