"""Marks as values: whether there is anything to draw."""

import numpy as np
import pytest

from advspace.analysis.marks import Area, Bars, Heat, Line, Picture, Points, Rule, finite

NAN = float("nan")


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (Line([1.0, 2.0], [NAN, 3.0]), True),
        (Line([1.0, NAN], [NAN, 3.0]), False),
        (Area([1.0, 2.0], [0.0, NAN], [NAN, 1.0]), False),
        (Area([1.0, 2.0], [0.0, NAN], [1.0, 1.0]), True),
        (Points([float("inf")], [1.0]), False),
        (Points([1.0], [0.0]), True),
        (Bars([0.0, 1.0], [NAN]), False),
        (Bars([0.0, 1.0], [0.0]), True),
        (Heat(np.array([[NAN, 4.0]]), [(1.0, "1"), (2.0, "2")], ["a"], "kept"), True),
        (Picture(np.full((2, 2), NAN)), False),
        (Picture(np.zeros((2, 2))), True),
        (Rule(1.0), False),
    ],
)
def test_a_mark_needs_one_finite_point(mark, expected):
    assert finite(mark) is expected
