"""Numbers as text with three significant digits; the ends of an interval are rounded outwards."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import isfinite, isnan

DIGITS = 3
EXACT = 12
"""Digits that count before the rounding outwards: 0.30000000000000004 is 0.3."""


def rounded(value: float) -> str:
    """The nearest number with three significant digits; empty for NaN."""
    return "" if isnan(value) else f"{value:.{DIGITS}g}"


def rounded_down(value: float) -> str:
    """The lower end of an interval, never above the end itself; empty for NaN."""
    return _towards(value, ROUND_FLOOR)


def rounded_up(value: float) -> str:
    """The upper end of an interval, never below the end itself; empty for NaN."""
    return _towards(value, ROUND_CEILING)


def _towards(value: float, rounding: str) -> str:
    if not isfinite(value) or value == 0:
        return rounded(value)
    exact = Decimal(f"{value:.{EXACT}g}")
    last_digit = Decimal(1).scaleb(exact.adjusted() + 1 - DIGITS)
    return rounded(float(exact.quantize(last_digit, rounding)))
