"""Checks of single settings: name, rule, value; and what to take instead of a name that nothing has."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import TypeVar

from advspace.errors import AdvspaceError

T = TypeVar("T")
FEW, MANY = 20, 100
"""As many names are listed beside the nearest, and where none is near."""


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


def known(setting: str, owner: str, name: str, names: Collection[str]) -> None:
    """Refuse a name that `owner` does not know, and offer the nearest.

    Args:
        setting: What was set.
        owner: What has the names, such as a library.
        name: The value.
        names: All that there are.

    Raises:
        AdvspaceError: `name` is none of `names`.
    """
    if name not in names:
        raise AdvspaceError(f"{setting}: {owner} does not know '{name}'; {offer(name, names)}")


def offer(name: str, names: Collection[str], listed: str = "it knows") -> str:
    """What to take instead of an unknown name: the nearest names, and all of them where they are few.

    >>> offer("gaussain", ["uniform", "gaussian"], "installed:")
    'nearest: gaussian; installed: gaussian, uniform'

    Args:
        name: The unknown name.
        names: The known ones.
        listed: What comes before all of them.
    """
    near, everything = nearest(name, names), f"{listed} {', '.join(sorted(names)) or 'none'}"
    if near:
        return f"{near}; {everything}" if len(names) <= FEW else near
    return everything if len(names) <= MANY else "nothing it knows comes near"


def nearest(name: str, names: Collection[str]) -> str:
    """The names that are spelled most like `name`, three at most: `nearest: a, b`; empty where none is near."""
    by_lower = {each.lower(): each for each in sorted(names)}
    near = get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5)
    return f"nearest: {', '.join(by_lower[each] for each in near)}" if near else ""
