"""Fixed sums and products folded into the weights beside them: the same function, in fewer passes over the memory.

In evaluation a batch norm multiplies and adds fixed numbers per channel, and so can the convolution before it; a
standardised image goes into weights that can be standardised instead.
"""

from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from advspace.forward.module_pairs import module_pairs
from advspace.model.standardise import Standardise
from advspace.shapes import Images, Shape

CLOSE = 1e-4
"""Logits may differ so much by rounding, as a share of the largest."""


def folded(network: nn.Module, shape: Shape) -> nn.Module:
    """The network without what its weights can do as well; itself where there is nothing.

    Gone are a batch norm that takes a convolution's output, and a `Standardise` whose output a linear layer or an
    unpadded convolution takes, each used once.  What else a norm holds (timm puts the activation there) stays.  Logits
    are compared on random images; a network that would answer otherwise, because it uses a value elsewhere too, is left
    as it is.

    Args:
        network: Frozen network, pixels to logits; not changed.
        shape: Of an image.
    """
    like = next(network.parameters(), torch.empty(0))
    images = torch.rand((2, *shape), generator=torch.Generator().manual_seed(0)).to(like)
    module: Any = network.get_submodule
    standardised = [
        (before, after)
        for before, after in module_pairs(network, images, (Standardise,), (nn.Linear, nn.Conv2d))
        if getattr(module(after), "padding", (0, 0)) in {(0, 0), "valid"}  # padding is not standardised
    ]
    normed = [
        (before, after)
        for before, after in module_pairs(network, images, (nn.Conv2d,), (nn.BatchNorm2d,))
        if module(after).running_var is not None  # else it measures each batch
    ]
    if not (standardised or normed):
        return network
    other = deepcopy(network)
    for before, after in standardised:
        _fold_standardise(other, before, after)
    for before, after in normed:
        _fold_norm(other, before, after)
    return other if _same(network, other, images) else network


def _fold_standardise(network: nn.Module, before: str, after: str) -> None:
    """Put the mean and the deviation of the images into the weights that take them."""
    standardise: Any = network.get_submodule(before)
    layer: Any = network.get_submodule(after)
    weight = layer.weight.double() / standardise.deviation.double()
    bias = 0.0 if layer.bias is None else layer.bias.double()
    _set(layer, weight, bias - weight.flatten(1).sum(1) * standardise.mean.double())
    network.set_submodule(before, nn.Identity())


def _fold_norm(network: nn.Module, before: str, after: str) -> None:
    """Put a norm into the convolution before it, and what else the norm holds into its place."""
    convolution: Any = network.get_submodule(before)
    norm: Any = network.get_submodule(after)
    # torch computes in the type of the weights; in double precision each weight is rounded once
    fused = fuse_conv_bn_eval(deepcopy(convolution).double(), deepcopy(norm).double())
    _set(convolution, fused.weight, fused.bias)
    network.set_submodule(after, nn.Sequential(*norm.children()))


def _set(layer: Any, weight: torch.Tensor, bias: torch.Tensor) -> None:
    """Give a layer these weights, rounded to the type of its own."""
    like = layer.weight.dtype
    layer.weight = nn.Parameter(weight.detach().to(like), requires_grad=False)
    layer.bias = nn.Parameter(bias.detach().to(like), requires_grad=False)


def _same(network: nn.Module, other: nn.Module, images: Images) -> bool:
    with torch.no_grad():
        expected, result = network(images), other(images)
    return bool((result - expected).abs().max() <= CLOSE * expected.abs().max())
