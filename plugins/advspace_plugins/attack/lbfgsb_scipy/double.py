"""A network in double precision, whatever holds its weights."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from advspace.errors import warn
from advspace.memory import is_out_of_memory
from advspace.model.copying import copied
from advspace.shapes import Images, Logits

Network = Callable[[Tensor], Tensor]
FLOATS = (torch.float16, torch.bfloat16, torch.float32)
CLOSE = 1e-3
"""Largest difference to the logits in single precision, as a share of the largest."""


def in_double(network: Network, image: Images) -> Network:
    """The network on images in double precision, with logits in double precision.

    A copy with weights in double precision is taken if there can be one.  Else the network is called as it is, and
    torch is told to compute each step in double precision; this reaches weights in lists, closures and plain tensors.
    It does not reach compiled code: there single precision is left, with a warning.

    Args:
        network: Pixels to logits: a module or a function; it is not changed.
        image: At least one image that it takes, in its own precision.
    """
    expected = _logits(network, image[:1])
    for candidate in _candidates(network):
        found = _logits(candidate, image[:1].double())
        if found is not None and found.dtype == torch.float64 and _agree(found, expected):
            return candidate
    if expected is not None:  # else the attack shows the network's own error
        warn(
            "lbfgsb_scipy needs a model in double precision, and this one computes in single (its code is compiled, or "
            "casts); solves end early and take several times the gradients: give the model uncompiled, or take "
            "attack=lbfgsb"
        )
    return lambda point: network(point.to(image.dtype)).double()


def _candidates(network: Network) -> Iterator[Network]:
    copy = _double_copy(network) if isinstance(network, nn.Module) else None
    if copy is not None:
        yield copy
    yield lambda point: _in_mode(network, point)


def _double_copy(network: nn.Module) -> nn.Module | None:
    """None if the network cannot be copied or converted."""
    try:
        return copied(network).double()
    except Exception as error:
        if is_out_of_memory(error):
            raise
        return None


def _in_mode(network: Network, point: Tensor) -> Tensor:
    with _Double():
        return network(point)


def _logits(network: Network, image: Images) -> Logits | None:
    """The logits of an image, whose gradient is computed too; None if there is an error."""
    try:
        with torch.enable_grad():
            point = image.detach().clone().requires_grad_()
            logits = network(point)
            torch.autograd.grad(logits.sum(), point)
        return logits.detach()
    except Exception as error:  # a network of anyone's
        if is_out_of_memory(error):
            raise
        return None


def _agree(found: Logits, expected: Logits | None) -> bool:
    if expected is None or found.shape != expected.shape:
        return expected is None
    apart, largest = (values.abs().nan_to_num(0, 0, 0).max() for values in (found - expected, expected))
    return bool(apart <= CLOSE * largest)


class _Double(TorchFunctionMode):
    """Lets each function of torch take floating-point tensors, and make them, in double precision."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is Tensor.float:
            func = Tensor.double
        return func(*_doubled(args), **_doubled(kwargs or {}))


def _doubled(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.double() if value.dtype in FLOATS else value
    if isinstance(value, torch.dtype):
        return torch.float64 if value in FLOATS else value
    if isinstance(value, dict):
        return {name: _doubled(entry) for name, entry in value.items()}
    return type(value)(map(_doubled, value)) if type(value) in (list, tuple) else value
