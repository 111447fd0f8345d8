"""Batch norms folded into the convolutions before them: the same function, in fewer passes over the memory.

In evaluation a batch norm multiplies and adds fixed numbers per channel, and so can the convolution itself.
"""

from collections import Counter
from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from advspace.shapes import Images, Shape

CLOSE = 1e-4
"""Logits may differ so much by rounding, as a share of the largest."""

Pair = tuple[str, str]
"""Names of a convolution and of the batch norm that follows it."""


def folded(network: nn.Module, shape: Shape) -> nn.Module:
    """The network without those batch norms that a convolution can stand in for; itself where there are none.

    A norm goes where its input is a convolution's output as it was, each used once.  What follows within the norm (timm
    puts the activation there) stays.  Logits are compared on random images, and a network that would answer otherwise,
    because it uses something beside the norm, is left as it is.

    Args:
        network: Frozen network, pixels to logits; not changed.
        shape: Of an image.
    """
    parameter = next(network.parameters(), torch.empty(0))
    images = torch.rand((2, *shape), generator=torch.Generator().manual_seed(0)).to(parameter)
    found = _pairs(network, images)
    if not found:
        return network
    other = deepcopy(network)
    for convolution, norm in found:
        _fold(other, convolution, norm)
    return other if _same(network, other, images) else network


def _pairs(network: nn.Module, images: Images) -> list[Pair]:
    """Convolutions and the norms that take their output, seen in one pass."""
    calls: Counter[str] = Counter()
    outputs: dict[int, tuple[str, torch.Tensor, int]] = {}  # kept alive, for an id holds no longer than its tensor
    pairs: list[Pair] = []

    def convolved(name: str, output: torch.Tensor) -> None:
        calls[name] += 1
        outputs[id(output)] = (name, output, output._version)

    def normed(name: str, given: torch.Tensor) -> None:
        calls[name] += 1
        before, _, version = outputs.get(id(given), ("", given, -1))
        if given._version == version:
            pairs.append((before, name))

    hooks = [
        module.register_forward_hook(lambda _module, _inputs, output, name=name: convolved(name, output))
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d) and _plain(module)
    ]
    hooks += [
        module.register_forward_pre_hook(lambda _module, inputs, name=name: normed(name, inputs[0]))
        for name, module in network.named_modules()
        if isinstance(module, nn.BatchNorm2d) and _plain(module) and module.running_var is not None
    ]
    try:
        with torch.no_grad():
            network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return [(convolution, norm) for convolution, norm in pairs if calls[convolution] == calls[norm] == 1]


def _plain(module: nn.Module) -> bool:
    """Whether nobody listens to the module or computes its weights anew."""
    hooked = module._forward_hooks or module._forward_pre_hooks
    return not (module.training or hooked or is_parametrized(module))


def _fold(network: nn.Module, convolution: str, norm: str) -> None:
    """Put a norm into the convolution before it, and what else it holds into its place."""
    before: Any = network.get_submodule(convolution)
    after: Any = network.get_submodule(norm)
    mean, variance = after.running_mean.double(), after.running_var.double()
    weight = torch.ones_like(mean) if after.weight is None else after.weight.detach().double()
    bias = torch.zeros_like(mean) if after.bias is None else after.bias.detach().double()
    old = torch.zeros_like(mean) if before.bias is None else before.bias.detach().double()
    factor = weight / (variance + after.eps).sqrt()
    kernel = before.weight.detach()
    before.weight = _frozen(kernel.double() * factor[:, None, None, None], kernel)
    before.bias = _frozen((old - mean) * factor + bias, kernel)
    network.set_submodule(norm, nn.Sequential(*after.children()))


def _frozen(values: torch.Tensor, like: torch.Tensor) -> nn.Parameter:
    return nn.Parameter(values.to(like.dtype), requires_grad=False)


def _same(network: nn.Module, other: nn.Module, images: Images) -> bool:
    with torch.no_grad():
        expected, found = network(images), other(images)
    return bool((found - expected).abs().max() <= CLOSE * expected.abs().max())
