"""The last result of a function, kept: a noise asks for the same numbers of one distortion block by block."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import torch

P = ParamSpec("P")
T = TypeVar("T")


def of_last(function: Callable[P, T]) -> Callable[P, T]:
    """Compute `function` again only if its arguments are other objects than last time, or a tensor has changed.

    Args:
        function: Takes positional arguments only, and gives the same result for the same arguments; nobody changes it.
    """
    last: list[tuple[tuple[Any, ...], tuple[int, ...], T]] = []

    @wraps(function)
    def kept(*arguments: P.args, **named: P.kwargs) -> T:
        versions = tuple(map(_version, arguments))
        for known, then, result in last:
            same = len(known) == len(arguments) and all(map(_same, known, arguments))
            if same and versions == then and min(versions) >= 0:
                return result
        result = function(*arguments, **named)
        last[:] = [(arguments, versions, result)]
        return result

    return kept


def _version(argument: object) -> int:
    """The number of changes of a tensor; -1 if torch does not count them."""
    if not isinstance(argument, torch.Tensor):
        return 0
    return -1 if argument.is_inference() else argument._version


def _same(one: object, other: object) -> bool:
    """Whether two arguments are one object, or equal texts or numbers."""
    return one is other or (isinstance(one, str | int | float) and type(one) is type(other) and one == other)
