"""Tables that a page can sort."""

import pytest

from advspace import Estimate
from advspace.report.table import cell


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
