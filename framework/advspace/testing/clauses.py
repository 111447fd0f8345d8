"""Clauses of a contract, and the error for a broken one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

from advspace.clauses import tensor_form

T = TypeVar("T")


class ContractError(AssertionError):
    """A plugin breaks a clause of its contract; the message gives the clause in one sentence."""


@dataclass(frozen=True)
class Subject:
    """The plugin under test.

    Args:
        kind: Kind of the plugin.
        plugin: The plugin.
    """

    kind: str
    plugin: Any

    def broken(self, clause: str) -> ContractError:
        """The error for a broken clause; the clause begins with a verb."""
        return ContractError(f"{self.kind} {type(self.plugin).__name__} must {clause}")

    def must(self, clause: str, kept: object, result: object = None) -> None:
        """Raise an error if a clause is broken.

        Args:
            clause: The clause, beginning with a verb.
            kept: Whether the plugin keeps it.
            result: The wrong result, for the message.

        Raises:
            ContractError: the clause is broken.
        """
        if not kept:
            raise self.broken(clause if result is None else f"{clause}, got {result}")

    def asked(self, clause: str, call: Callable[[], T]) -> T:
        """The result of a call of the plugin.

        Raises:
            ContractError: the call raised an error, which is the cause.
        """
        try:
            return call()
        except Exception as error:  # any error is the plugin's
            raise self.broken(f"{clause}, got {type(error).__name__}: {error}") from error

    def tensor(self, name: str, value: Any, like: torch.Tensor, shape: tuple[int, ...]) -> None:
        """Check that `value` is a tensor of that shape, with the number type and the device of `like`.

        Raises:
            ContractError: it is not.
        """
        for clause in tensor_form(name, value, like, shape):
            self.must(*clause)


def devices() -> list[torch.device]:
    """The CPU and, if there is one, the first CUDA device."""
    return [torch.device("cpu"), *([torch.device("cuda", 0)] if torch.cuda.is_available() else [])]
