"""Do less at once where memory runs out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch

from advspace.errors import AdvspaceError, warn
from advspace.progress.ticks import taken_back_on_error

T = TypeVar("T")


@dataclass
class ShrinkingBatch:
    """How many rows are worked on at once: as many as asked for, half as many whenever memory runs out.

    Args:
        setting: The setting that says how many, as the user knows it.
        rows: That many, and what has proved to fit later.
    """

    setting: str
    rows: int

    def run(self, work: Callable[[int], T], there: int | None = None) -> T:
        """Do `work(rows)`, from its beginning with half as many rows each time that memory runs out.

        Args:
            work: Told how many rows to work on at once.
            there: How many rows there are, where that is known.

        Raises:
            AdvspaceError: there is not enough memory for one row.
        """
        rows = asked = self.rows if there is None else min(self.rows, there)
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
    """What `work` gives, or nothing; what the failed try held is free again then."""
    try:
        with taken_back_on_error():
            return (work(rows),)
    except torch.OutOfMemoryError:
        pass
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return None
