"""Clause: a plugin does not use the global random states."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from advspace.testing.clauses import Subject


@contextmanager
def own_randomness(subject: Subject, source: str) -> Iterator[None]:
    """Check that the block neither uses nor seeds the global random states of torch and numpy; both are restored.

    Python's own state is not checked, because type checkers use it; a plugin that uses it gives a different result in
    the second call.

    Args:
        subject: The plugin.
        source: The source of random numbers that it should use, for the message.

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
