"""Fold norms and standardising into the weights beside them: the same function, with fewer passes over the memory.

In evaluation mode a batch norm is a fixed scale and shift per channel, which the convolution before it can do.
Standardising an image is a fixed scale and shift, which the layer after it can do.
"""

from copy import deepcopy
from typing import Any

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from advspace.forward.module_pairs import module_pairs
from advspace.model.copying import copied
from advspace.model.standardise import Standardise
from advspace.shapes import Images, Shape

CLOSE = 1e-4
"""Largest difference of the logits by rounding, as a share of the largest logit."""


def folded(network: nn.Module, shape: Shape) -> nn.Module:
    """The network with norms and standardising folded into its weights; the network itself if there are none to fold.

    Folded are a batch norm after a convolution, and a `Standardise` before a linear layer or an unpadded convolution,
    if each module is used once.  Other children of a norm (timm puts the activation there) stay.  The logits of both
    networks are compared on random images.  If they differ, because the network uses a value elsewhere too, the network
    is returned as it is.

    Args:
        network: Frozen network, pixels to logits; not changed.
        shape: Shape of an image.
    """
    like = next(network.parameters(), torch.empty(0))
    images = torch.rand((2, *shape), generator=torch.Generator().manual_seed(0)).to(like)
    module: Any = network.get_submodule
    standardised = [
        (before, after)
        for before, after in module_pairs(network, images, (Standardise,), (nn.Linear, nn.Conv2d))
        if getattr(module(after), "padding", (0, 0)) in {(0, 0), "valid"}  # the padding's zeros are not standardised
    ]
    normed = [
        (before, after)
        for before, after in module_pairs(network, images, (nn.Conv2d,), (nn.BatchNorm2d,))
        if module(after).running_var is not None  # without it, the norm measures each batch
    ]
    if not (standardised or normed):
        return network
    other = copied(network)
    for before, after in standardised:
        _fold_standardise(other, before, after)
    for before, after in normed:
        _fold_norm(other, before, after)
    return other if _same(network, other, images) else network


def _fold_standardise(network: nn.Module, before: str, after: str) -> None:
    """Fold the mean and the deviation of the images into the layer after them."""
    standardise: Any = network.get_submodule(before)
    layer: Any = network.get_submodule(after)
    weight = layer.weight.double() / standardise.deviation.double()
    bias = 0.0 if layer.bias is None else layer.bias.double()
    _set(layer, weight, bias - weight.flatten(1).sum(1) * standardise.mean.double())
    network.set_submodule(before, nn.Identity())


def _fold_norm(network: nn.Module, before: str, after: str) -> None:
    """Fold a norm into the convolution before it, and replace the norm by its children."""
    convolution: Any = network.get_submodule(before)
    norm: Any = network.get_submodule(after)
    # torch computes in the type of the weights; double precision rounds each weight once
    fused = fuse_conv_bn_eval(deepcopy(convolution).double(), deepcopy(norm).double())
    _set(convolution, fused.weight, fused.bias)
    network.set_submodule(after, nn.Sequential(*norm.children()))


def _set(layer: Any, weight: torch.Tensor, bias: torch.Tensor) -> None:
    """Set the weights of a layer, rounded to the type of its own."""
    like = layer.weight.dtype
    layer.weight = nn.Parameter(weight.detach().to(like), requires_grad=False)
    layer.bias = nn.Parameter(bias.detach().to(like), requires_grad=False)


def _same(network: nn.Module, other: nn.Module, images: Images) -> bool:
    with torch.no_grad():
        expected, result = network(images), other(images)
    return bool((result - expected).abs().max() <= CLOSE * expected.abs().max())
