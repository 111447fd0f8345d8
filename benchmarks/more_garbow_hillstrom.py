"""The test functions of Moré, Garbow & Hillstrom: sums of squares, with their start points.

Source: Moré, Garbow & Hillstrom 1981, "Testing unconstrained optimization software", ACM TOMS 7(1), numbers 1 to 35.
The residuals are in any dtype; derivatives are those of torch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from more_garbow_hillstrom_fixed import FIXED
from more_garbow_hillstrom_sized import SIZED, Residuals


@dataclass(frozen=True)
class TestFunction:
    """One function: its residuals at a point `[size]`, and the start point."""

    name: str
    residuals: Residuals
    start: list[float]


def functions() -> Iterator[TestFunction]:
    """All functions, those of several sizes in each."""
    for residuals, start in FIXED:
        yield TestFunction(residuals.__name__, residuals, start)
    for residuals, sizes, start_of in SIZED:
        for n in sizes:
            yield TestFunction(f"{residuals.__name__} {n}", residuals, start_of(n))
