"""Checks of single settings, and suggestions for unknown names."""

from collections.abc import Collection
from difflib import get_close_matches
from math import inf
from typing import TypeVar

from advspace.errors import AdvspaceError

T = TypeVar("T")
FEW, MANY = 20, 100
"""Most names that are listed: in addition to similar names, and if no name is similar."""


def at_least(name: str, value: float, low: float) -> None:
    """Check that a number is at least `low`.

    Raises:
        AdvspaceError: `value` is below `low`, infinite or NaN.
    """
    if not value >= low:
        raise AdvspaceError(f"{name} must be >= {low}, got {value}")
    _finite(name, value)


def above(name: str, value: float, low: float) -> None:
    """Check that a number is above `low`.

    Raises:
        AdvspaceError: `value` is at most `low`, infinite or NaN.
    """
    if not value > low:
        raise AdvspaceError(f"{name} must be > {low}, got {value}")
    _finite(name, value)


def _finite(name: str, value: float) -> None:
    """Refuse infinity: no table or summary can hold what is computed from it."""
    if value == inf:
        raise AdvspaceError(f"{name} must be finite, got {value}")


def one_of(name: str, value: T, choices: Collection[T]) -> None:
    """Check that a value is one of `choices`.

    Raises:
        AdvspaceError: `value` is none of them.
    """
    if value not in choices:
        raise AdvspaceError(f"{name} must be one of {', '.join(map(str, choices))}, got {value!r}")


def known(setting: str, owner: str, name: str, names: Collection[str]) -> None:
    """Check that `owner` knows a name; the error suggests similar names.

    Args:
        setting: Name of the setting.
        owner: Owner of the names, such as a library.
        name: The value.
        names: All known names.

    Raises:
        AdvspaceError: `name` is none of `names`.
    """
    if name not in names:
        raise AdvspaceError(f"{setting}: {owner} does not know '{name}'; {offer(name, names)}")


def offer(name: str, names: Collection[str], listed: str = "it knows") -> str:
    """Suggestions for an unknown name: similar names, and all names if they are few.

    >>> offer("gaussain", ["uniform", "gaussian"], "installed:")
    'nearest: gaussian; installed: gaussian, uniform'

    Args:
        name: The unknown name.
        names: The known names.
        listed: Words before the list of all names.
    """
    near, everything = nearest(name, names), f"{listed} {', '.join(sorted(names)) or 'none'}"
    if near:
        return f"{near}; {everything}" if len(names) <= FEW else near
    return everything if len(names) <= MANY else "no known name is similar"


def nearest(name: str, names: Collection[str]) -> str:
    """The most similar names, at most three, as `nearest: a, b`; empty if none is similar."""
    by_lower = {each.lower(): each for each in sorted(names)}
    near = get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5)
    return f"nearest: {', '.join(by_lower[each] for each in near)}" if near else ""
