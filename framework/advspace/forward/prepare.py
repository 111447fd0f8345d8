"""A network prepared for fast forward passes, for the attack and the probe."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import nn

from advspace.forward.allocator import keep_freed_memory
from advspace.forward.batch_size import AUTO, forward_batch_size
from advspace.forward.few_rows import ready_for_few
from advspace.forward.folding import folded
from advspace.forward.memory_format import forward_memory_format
from advspace.forward.precision import computing_in
from advspace.model.copying import copied
from advspace.shapes import Shape


@dataclass(frozen=True)
class Prepared:
    """A network that is ready for its forward passes.

    Args:
        network: Pixels to logits, on `device`, with weights in `memory_format`.
        memory_format: Memory format of the weights and of the images of a pass.
        rows: Images in a forward pass of the probe.
        device: Device of the network.
        precision: Precision of the network while it is probed: `32-true` or `bf16-mixed`.
    """

    network: nn.Module
    memory_format: torch.memory_format
    rows: int
    device: torch.device
    precision: str

    def autocast(self) -> AbstractContextManager[None]:
        """Let the network compute in `precision` within the block."""
        return computing_in(self.network, self.device, self.precision)


def prepare(
    network: nn.Module, shape: Shape, device: torch.device, precision: str = "32-true", rows: int | str = AUTO
) -> Prepared:
    """Fold the norms of a network, choose its memory format and the rows of a pass, and move it to a device.

    On a CPU its linear layers fill up few rows, so that small batches need no further images (`few_rows`).

    On a CPU the process also keeps the memory that it frees (`advspace.forward.allocator`).

    Args:
        network: Frozen network, pixels to logits; it is not changed, and shares no weights with the result.
        shape: Shape of an image.
        device: Device of the result.
        precision: Precision of the network while it is probed.
        rows: Images in a forward pass of the probe, or `auto`.
    """
    if device.type == "cpu":
        keep_freed_memory()
    ready = folded(network, shape)
    if ready is network:
        ready = copied(network)
    memory_format = forward_memory_format(ready, device, precision)
    ready.to(device).to(memory_format=memory_format)
    ready_for_few(ready, device)
    size = forward_batch_size(rows, ready, shape, device, precision)
    return Prepared(ready, memory_format, size, device, precision)
