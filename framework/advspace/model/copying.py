"""Copies of networks that hold more than their weights."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from torch import Tensor, nn


def copied(network: nn.Module) -> nn.Module:
    """A copy of a network, with the activations that it keeps, but without their history.

    Torch refuses to copy a tensor that came out of a computation with gradients, such as a kept activation or a weight
    under weight norm.  A Lightning trainer is not copied: it holds the data.

    Args:
        network: Any network; modules that define their own copy are copied so.
    """
    memo: dict[int, Any] = {}
    for module in network.modules():
        for name, value in vars(module).items():
            if name == "_trainer":
                memo[id(value)] = value
            memo |= {id(tensor): tensor.detach().clone() for tensor in _computed(value, set())}
    return deepcopy(network, memo)


def _computed(value: Any, seen: set[int]) -> Iterator[Tensor]:
    """The tensors in a value, or in containers in it, that came out of a computation with gradients."""
    if isinstance(value, Tensor):
        if not value.is_leaf:
            yield value
    elif isinstance(value, dict | list | tuple | set) and id(value) not in seen:
        seen.add(id(value))
        for part in value.values() if isinstance(value, dict) else value:
            yield from _computed(part, seen)
