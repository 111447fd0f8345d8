"""Smaller batches when memory runs out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch

from advspace.errors import AdvspaceError, warn
from advspace.memory import is_out_of_memory
from advspace.progress.ticks import taken_back_on_error

T = TypeVar("T")


@dataclass
class ShrinkingBatch:
    """The number of rows in a batch.  It is halved each time that memory runs out.

    Args:
        setting: Name of the user's setting for this number.
        rows: The number asked for; after `run`, the number that fits.
    """

    setting: str
    rows: int

    def run(self, work: Callable[[int], T], total: int | None = None) -> T:
        """Call `work(rows)`; call it again with half as many rows each time that memory runs out.

        Args:
            work: Takes the number of rows in a batch.
            total: Number of all rows, if known.

        Raises:
            AdvspaceError: there is not enough memory for one row.
        """
        rows = asked = self.rows if total is None else min(self.rows, total)
        while True:
            result = _tried(work, rows)
            if result is not None:
                if rows < asked:
                    self.rows = rows
                    warn(f"{asked} rows at once ({self.setting}) need more memory than there is; going on with {rows}")
                return result[0]
            if rows == 1:
                raise AdvspaceError(
                    f"the memory is too small even for {self.setting}=1; use a device with more (trainer.accelerator), "
                    "end other programs on this one, or take a smaller model"
                )
            rows //= 2


def _tried(work: Callable[[int], T], rows: int) -> tuple[T] | None:
    """The result of `work`, or None if memory runs out; the memory of the failed call is free then."""
    try:
        with taken_back_on_error():
            return (work(rows),)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return None
