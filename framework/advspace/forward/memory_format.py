"""How the numbers of an image lie in memory: channel after channel, or pixel after pixel (channels last)."""

import torch
from torch import nn

from advspace.shapes import Image


def lay_out(network: nn.Module, device: torch.device, precision: str) -> None:
    """Turn the weights of convolutions to channels last where that pays, in place; digests do not change.

    It pays on a CPU in either precision (benchmarks/probe_throughput.md), and on a GPU in bfloat16, whose matrix units
    want it so.

    Args:
        network: Any network; one without convolutions is left as it is.
        device: Where it computes.
        precision: Of its probing.
    """
    convolves = any(isinstance(module, nn.Conv2d) for module in network.modules())
    if convolves and (device.type == "cpu" or precision == "bf16-mixed"):
        network.to(memory_format=torch.channels_last)


def layout_of(network: nn.Module) -> torch.memory_format:
    """The layout that the network's convolutions are in."""
    turned = any(
        weight.dim() == 4 and not weight.is_contiguous() and weight.is_contiguous(memory_format=torch.channels_last)
        for weight in network.parameters()
    )
    return torch.channels_last if turned else torch.contiguous_format


def laid_out(image: Image, layout: torch.memory_format) -> Image:
    """The same image in that layout."""
    return image[None].contiguous(memory_format=layout)[0]
