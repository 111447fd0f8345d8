"""That a plugin leaves everybody's random numbers alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from advspace.testing.clauses import Subject


@contextmanager
def own_randomness(subject: Subject, source: str) -> Iterator[None]:
    """Insist that nothing in the block draws from, or seeds, the random state of torch or numpy; both are restored.

    Python's own is left out, because type checkers draw from it; who uses it gives another result the second time.

    Args:
        subject: The plugin.
        source: Where its random numbers are to come from instead.

    Raises:
        ContractError: a global random state changed.
    """
    before = _states()
    try:
        yield
        changed = [name for name, state in _states().items() if state != before[name]]
    finally:
        _restore(before)
    subject.must(f"leave the global random numbers of {' and '.join(changed)} alone ({source})", not changed)


def _states() -> dict[str, Any]:
    name, keys, *rest = np.random.get_state()
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {
        "numpy": (name, np.asarray(keys).tolist(), *rest),
        "torch": torch.get_rng_state().tolist(),
        "cuda": [state.tolist() for state in cuda],
    }


def _restore(states: dict[str, Any]) -> None:
    np.random.set_state(states["numpy"])
    torch.set_rng_state(torch.tensor(states["torch"], dtype=torch.uint8))
    for device, state in enumerate(states["cuda"]):
        torch.cuda.set_rng_state(torch.tensor(state, dtype=torch.uint8), device)
