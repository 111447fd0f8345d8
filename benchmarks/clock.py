"""The clock of all benchmarks: CPU seconds of this process, or seconds until a GPU is done."""

import time
from collections.abc import Callable

import torch


def timed(work: Callable[[], object], device: torch.device) -> float:
    """Seconds that `work` takes; on a CPU those of this process, so other processes disturb less."""
    started = now(device)
    work()
    return now(device) - started


def now(device: torch.device) -> float:
    """Seconds since some moment; on a GPU after all work that was given to it."""
    if device.type != "cuda":
        return time.process_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()
