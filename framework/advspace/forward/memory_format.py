"""The order of an image's values in memory: channel by channel, or pixel by pixel (channels last)."""

import torch
from torch import nn

from advspace.shapes import Image


def forward_memory_format(network: nn.Module, device: torch.device, precision: str) -> torch.memory_format:
    """The memory format in which the network's forward pass is fastest.

    Channels last is faster for convolutions on a CPU in both precisions (benchmarks/probe_throughput.md).  On a GPU in
    bfloat16 the matrix units need it.

    Args:
        network: Any network.
        device: Device of the network.
        precision: Precision of the network while it is probed.
    """
    convolves = any(isinstance(module, nn.Conv2d) for module in network.modules())
    faster = convolves and (device.type == "cpu" or precision == "bf16-mixed")
    return torch.channels_last if faster else torch.contiguous_format


def contiguous(image: Image, memory_format: torch.memory_format) -> Image:
    """The same image in that memory format."""
    return image[None].contiguous(memory_format=memory_format)[0]
