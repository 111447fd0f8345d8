"""The number type that a network computes in while it is probed."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def computing_in(network: nn.Module, device: torch.device, precision: str) -> Iterator[None]:
    """Let `network` compute in bfloat16 where `precision` says so.

    Torch turns weights into bfloat16 once for the block, rather than in every pass, only where they may have gradients.
    """
    if precision != "bf16-mixed":
        yield
        return
    frozen = [parameter for parameter in network.parameters() if not parameter.requires_grad]
    try:
        for parameter in frozen:
            parameter.requires_grad = True
        with torch.autocast(device.type, torch.bfloat16):
            yield
    finally:
        for parameter in frozen:
            parameter.requires_grad = False
