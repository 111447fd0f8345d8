"""Texts of numbers and of the ends of intervals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advspace import Estimate
from advspace.statistics.half_scale import HalfScale
from advspace.statistics.rounding import rounded, rounded_down, rounded_up

NUMBERS = st.floats(-1e9, 1e9) | st.floats(0, 1) | st.floats(1e-12, 1e-3)


@pytest.mark.parametrize(
    ("value", "down", "nearest", "up"),
    [
        (0.35, "0.35", "0.35", "0.35"),
        (0.1 + 0.2, "0.3", "0.3", "0.3"),
        (0.12345, "0.123", "0.123", "0.124"),
        (0.99951, "0.999", "1", "1"),
        (-0.12345, "-0.124", "-0.123", "-0.123"),
        (9.999, "9.99", "10", "10"),
        (12345.0, "1.23e+04", "1.23e+04", "1.24e+04"),
        (0.0, "0", "0", "0"),
        (math.inf, "inf", "inf", "inf"),
        (math.nan, "", "", ""),
    ],
)
def test_known_texts(value, down, nearest, up):
    assert (rounded_down(value), rounded(value), rounded_up(value)) == (down, nearest, up)


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_an_interval_as_text_holds_its_value_as_text(numbers):
    low, value, high = sorted(numbers)
    text = str(Estimate(value, low, high)).replace("[", "").replace("]", "").replace(",", "")
    shown, left, right = (float(part) for part in text.split())
    assert left <= shown <= right
    assert left <= low + 1e-11 * abs(low)
    assert right >= high - 1e-11 * abs(high)


@given(NUMBERS)
def test_a_half_scale_has_the_text_of_an_estimate(value):
    assert str(HalfScale(value)) == str(Estimate(value))
    assert str(HalfScale(value, "above")) == str(Estimate(value, censored="above"))
