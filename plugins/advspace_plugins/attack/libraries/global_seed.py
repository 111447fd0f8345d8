"""Random numbers of code that takes them from the global generators of torch and NumPy."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from advspace.seed import seed_of


@contextmanager
def global_seed(device: torch.device, *parts: str | int | float) -> Iterator[None]:
    """Seed the global generators by `parts` within the block, and leave them as they were.

    Args:
        device: Where the block computes.
        parts: What the random numbers depend on.
    """
    kept, seed = np.random.get_state(), seed_of(*parts)
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        np.random.seed(seed % 2**32)
        try:
            yield
        finally:
            np.random.set_state(kept)
