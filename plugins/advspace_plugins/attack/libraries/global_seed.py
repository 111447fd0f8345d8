"""Seed the global generators of torch and NumPy, for code that draws from them."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from advspace.seed import seed_of


@contextmanager
def global_seed(device: torch.device, *parts: str | int | float) -> Iterator[None]:
    """Seed the global generators from `parts` within the block, and restore their state after it.

    Args:
        device: Device of the block's computations.
        parts: Values that the random numbers depend on.
    """
    kept, seed = np.random.get_state(), seed_of(*parts)
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        np.random.seed(seed % 2**32)
        try:
            yield
        finally:
            np.random.set_state(kept)
