"""How many probes one forward pass takes."""

import torch
from torch import nn

from advspace.shapes import Shape

AUTO = "auto"
MAX_ROWS = 1000
MIN_ROWS = 4
"""Fewer do not share the reading of large weights."""
WARM = 8_000_000
"""float32 values of a network's widest layer on a CPU, over all images of a pass: with more, caches run over, and glibc
fetches the layer's memory anew each time (benchmarks/probe_throughput.md, `advspace.forward.allocator`)."""


def forward_batch_size(
    setting: int | str, network: nn.Module, shape: Shape, device: torch.device, precision: str = "32-true"
) -> int:
    """How many probes one forward pass takes.

    Args:
        setting: That many; or `auto`: 1,000, and fewer on a CPU where the network is wide.
        network: Pixels to logits, on `device`.
        shape: Of an image.
        device: Where the network computes.
        precision: In bfloat16 layers take half the room.
    """
    if not isinstance(setting, str):
        return setting
    if device.type != "cpu":
        return MAX_ROWS
    warm = 2 * WARM if precision == "bf16-mixed" else WARM
    return max(MIN_ROWS, min(MAX_ROWS, warm // widest(network, shape)))


def widest(network: nn.Module, shape: Shape) -> int:
    """How many values the widest layer has for one image."""
    seen = [1]

    def see(module: nn.Module, inputs: object, output: object) -> None:
        del module, inputs
        if isinstance(output, torch.Tensor):
            seen.append(output.numel())

    hooks = [module.register_forward_hook(see) for module in network.modules()]
    try:
        with torch.no_grad():
            network(torch.zeros(1, *shape))
    finally:
        for hook in hooks:
            hook.remove()
    return max(seen)
