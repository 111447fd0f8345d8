"""Clauses of contracts, and the plugin that breaks one or raises an error."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from advspace.errors import PluginError

Clause = tuple[str, object, object]
"""What must hold, beginning with a verb; whether it holds; and the wrong result, for the message, or None."""
OWNER = "advspace_owner"
"""Attribute of an error, and of the class of a guarded plugin: the `Owner`."""
LONGEST = 200
"""Most characters of a result or a reason in a message."""


@dataclass(frozen=True)
class Owner:
    """A plugin by its name.

    Args:
        kind: Kind of the plugin.
        name: Name of its entry point; the name of its class if it has none.
        package: Distribution and version of its package, such as `advspace 0.1.0`; empty if it has none.
    """

    kind: str
    name: str
    package: str = ""

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}'" + (f" of {self.package}" if self.package else "")

    def fault(self, what: str) -> PluginError:
        """The error for what the plugin did wrong; `what` begins with a verb."""
        return PluginError(f"{self} {what}; advspace.testing.check_{self.kind} tests it")

    def must(self, clauses: Iterable[Clause]) -> None:
        """Raise an error for the first clause that is broken; clauses after it are not computed.

        Raises:
            PluginError: a clause is broken.
        """
        for clause, kept, result in clauses:
            if not kept:
                raise self.fault(f"must {clause}" + ("" if result is None else f", got {short(result)}"))


def owner_of(kind: str, plugin: object) -> Owner:
    """The owner that a guarded plugin has; for other plugins only kind and class are known."""
    known = getattr(type(plugin), OWNER, None)
    return known if isinstance(known, Owner) else Owner(kind, type(plugin).__name__)


def short(value: object) -> str:
    """A value in one line, cut if it is long."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def has_form(value: Any, like: torch.Tensor, shape: tuple[int, ...]) -> bool:
    """Whether `tensor_form` holds; its words take longer than drawing a block of small images."""
    return (
        isinstance(value, torch.Tensor)
        and value.shape == shape
        and value.dtype == like.dtype
        and value.device == like.device
    )


def tensor_form(name: str, value: Any, like: torch.Tensor, shape: tuple[int, ...]) -> Iterator[Clause]:
    """Clauses for a tensor of that shape, with the number type and the device of `like`."""
    yield f"give {name} as a tensor", isinstance(value, torch.Tensor), type(value).__name__
    yield f"give {name} of shape {list(shape)}", value.shape == shape, list(value.shape)
    yield f"give {name} as {like.dtype}", value.dtype == like.dtype, value.dtype
    yield f"give {name} on the device asked ({like.device})", value.device == like.device, value.device
