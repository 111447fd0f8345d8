"""The number of probes in one forward pass."""

import torch
from torch import nn

from advspace.shapes import Shape

AUTO = "auto"
MAX_ROWS = 1000
MIN_ROWS = 4
"""With fewer rows, reading large weights takes most of the time."""
WARM = 8_000_000
"""Most float32 values of the widest layer on a CPU, over all images of a pass.  More values overflow the caches,
and glibc fetches the layer's memory in each pass (benchmarks/probe_throughput.md, `advspace.forward.allocator`)."""


def forward_batch_size(
    setting: int | str, network: nn.Module, shape: Shape, device: torch.device, precision: str = "32-true"
) -> int:
    """The number of probes in one forward pass.

    Args:
        setting: The number; or `auto`: 1,000, or fewer for a wide network on a CPU.
        network: Pixels to logits, on `device`.
        shape: Shape of an image.
        device: Device of the network.
        precision: Precision of the pass; bfloat16 halves the memory of a layer.
    """
    if not isinstance(setting, str):
        return setting
    if device.type != "cpu":
        return MAX_ROWS
    warm = 2 * WARM if precision == "bf16-mixed" else WARM
    return max(MIN_ROWS, min(MAX_ROWS, warm // widest(network, shape)))


def widest(network: nn.Module, shape: Shape) -> int:
    """The number of values in the largest layer output for one image."""
    sizes = [1]

    def measure(module: nn.Module, inputs: object, output: object) -> None:
        del module, inputs
        if isinstance(output, torch.Tensor):
            sizes.append(output.numel())

    hooks = [module.register_forward_hook(measure) for module in network.modules()]
    try:
        with torch.no_grad():
            network(torch.zeros(1, *shape))
    finally:
        for hook in hooks:
            hook.remove()
    return max(sizes)
