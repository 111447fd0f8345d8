"""The number type of a network's computations while it is probed."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def computing_in(network: nn.Module, device: torch.device, precision: str) -> Iterator[None]:
    """Let `network` compute in bfloat16 within the block if `precision` is `bf16-mixed`.

    Torch caches the bfloat16 copies of weights only if they require gradients.  Else it casts them in every pass.
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
