"""Torch's global state as the framework needs it, whatever the caller has set."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

from advspace.forward.full_precision import full_precision


@contextmanager
def ordinary_state() -> Iterator[None]:
    """No inference mode, no autocast, no rounded products; new tensors are float32 and on the CPU; then all as before.

    The framework sets precision and device itself.  A tensor of inference mode cannot take part in an attack.
    """
    dtype = torch.get_default_dtype()
    with ExitStack() as stack:
        stack.enter_context(full_precision())
        stack.enter_context(torch.inference_mode(mode=False))
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.empty(0).device.type != "cpu":  # torch 2.6 knows the default device of a block by no other way
            stack.enter_context(torch.device("cpu"))
        torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
