"""How a broken clause of a contract is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

T = TypeVar("T")


class ContractError(AssertionError):
    """A plugin breaks a clause of its contract; the text says which in one sentence."""


@dataclass(frozen=True)
class Subject:
    """The plugin that is checked.

    Args:
        kind: Plugin kind.
        plugin: The plugin itself.
    """

    kind: str
    plugin: Any

    def broken(self, clause: str) -> ContractError:
        """The sentence for a broken clause, which begins with a verb."""
        return ContractError(f"{self.kind} {type(self.plugin).__name__} must {clause}")

    def must(self, clause: str, kept: object, result: object = None) -> None:
        """Insist on a clause.

        Args:
            clause: What the plugin must do, beginning with a verb.
            kept: Whether it did.
            result: What it did instead.

        Raises:
            ContractError: it did not.
        """
        if not kept:
            raise self.broken(clause if result is None else f"{clause}, got {result}")

    def asked(self, clause: str, call: Callable[[], T]) -> T:
        """What a call of the plugin gives.

        Raises:
            ContractError: the call fails; the plugin's own error is its cause.
        """
        try:
            return call()
        except Exception as error:  # whatever it is, it is the plugin's
            raise self.broken(f"{clause}, got {type(error).__name__}: {error}") from error

    def tensor(self, name: str, value: Any, like: torch.Tensor, shape: tuple[int, ...]) -> None:
        """Insist that `value` is a tensor of that shape, with the number type and on the device of `like`.

        Raises:
            ContractError: it is not.
        """
        self.must(f"give {name} as a tensor", isinstance(value, torch.Tensor), type(value).__name__)
        self.must(f"give {name} of shape {list(shape)}", value.shape == shape, list(value.shape))
        self.must(f"give {name} as {like.dtype}", value.dtype == like.dtype, value.dtype)
        self.must(f"give {name} on the device asked ({like.device})", value.device == like.device, value.device)


def devices() -> list[torch.device]:
    """The CPU and, where there is one, the first CUDA device."""
    return [torch.device("cpu"), *([torch.device("cuda", 0)] if torch.cuda.is_available() else [])]
