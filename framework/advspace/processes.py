"""One run on several processes: Lightning starts the program once more for each further device."""

import os

RANKS = ("RANK", "LOCAL_RANK", "NODE_RANK")
"""Where Lightning and torchrun say which of the processes this one is."""


def first_process() -> bool:
    """Whether this process plans, tracks, talks and reports; the others only attack and probe their share."""
    return all(os.environ.get(name, "0") == "0" for name in RANKS)
