"""Tables that a page can sort."""

import pytest

from advspace import Estimate
from advspace.report.table import Column, cell


@pytest.mark.parametrize(
    ("value", "text", "key"),
    [
        (Estimate(1.5), "1.5", 1.5),
        (Estimate(4.0, censored="above"), "> 4", float("inf")),
        (Estimate(0.5, censored="below"), "< 0.5", float("-inf")),
        (None, "", None),
        (float("nan"), "", None),
        (12, "12", 12),
        (1.0, "1.00", 1.0),
        (123.4, "123", 123.4),
        (0.00123, "0.00123", 0.00123),
        ("reached", "reached", "reached"),
    ],
)
def test_cells_say_and_are_sorted_by(value, text, key):
    """Numbers have three digits; an estimate that is censored is sorted beyond all others."""
    assert (cell(value).text, cell(value).key) == (text, key)


@pytest.mark.parametrize(
    ("title", "letters"),
    [("c", 4), ("attack.overshoot", 19), ("mean half the boundary's summed curvature (kappa)", 19), ("", 3)],
)
def test_a_heading_has_three_lines_at_most_and_whole_words(title, letters):
    """A third of the letters, or the longest word, and room for the arrow."""
    assert Column(title, numeric=False).letters == letters
