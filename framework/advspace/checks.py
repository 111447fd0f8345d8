"""Checks of single settings: name, rule, value."""

from collections.abc import Collection
from typing import TypeVar

from advspace.errors import AdvspaceError

T = TypeVar("T")


def at_least(name: str, value: float, low: float) -> None:
    """Refuse a number below `low`.

    Raises:
        AdvspaceError: `value` is below `low`, or NaN.
    """
    if not value >= low:
        raise AdvspaceError(f"{name} must be >= {low}, got {value}")


def above(name: str, value: float, low: float) -> None:
    """Refuse a number that is not above `low`.

    Raises:
        AdvspaceError: `value` is at most `low`, or NaN.
    """
    if not value > low:
        raise AdvspaceError(f"{name} must be > {low}, got {value}")


def one_of(name: str, value: T, choices: Collection[T]) -> None:
    """Refuse a value outside `choices`.

    Raises:
        AdvspaceError: `value` is none of `choices`.
    """
    if value not in choices:
        raise AdvspaceError(f"{name} must be one of {', '.join(map(str, choices))}, got {value!r}")
