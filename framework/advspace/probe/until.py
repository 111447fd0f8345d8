"""When a cell has enough draws: its interval is narrow enough, or its share is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from advspace.errors import AdvspaceError, warn_once
from advspace.statistics.interval import wilson
from advspace.statistics.sequential import decided

WIDTH, DECIDED = "width", "decided"


@dataclass(frozen=True)
class Until:
    """A rule that ends a cell.  It is asked after each block of draws, so it depends on no batch and no order.

    Args:
        rule: `width`: half of Wilson's 95 % interval is at most `value`; `decided`: the 95 % confidence sequence of the
            share kept lies on one side of `value`, which holds however often one looks.
        value: Half a width, or a share; between 0 and 1.
    """

    rule: str
    value: float

    @classmethod
    def of(cls, text: str) -> "Until":
        """Read `width:0.05` or `decided:0.5`.

        Raises:
            AdvspaceError: the text is neither.
        """
        rule, _, number = text.partition(":")
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if rule not in (WIDTH, DECIDED) or not (isfinite(value) and 0 < value < 1):
            raise AdvspaceError(
                f"until must be width:<half a width> or decided:<share>, with a number between 0 and 1, got '{text}'; "
                "write for example until=width:0.05"
            )
        return cls(rule, value)

    def reached(self, kept: Sequence[int], draws: Sequence[int]) -> NDArray[np.bool_]:
        """Whether each cell has enough draws.

        Args:
            kept: Draws kept, per cell.
            draws: Draws, per cell.
        """
        hits, trials = np.asarray(kept), np.asarray(draws)
        if self.rule == DECIDED:
            return decided(hits, trials, self.value)
        low, high = wilson(hits, trials)
        return np.asarray(high - low <= 2 * self.value)

    def warn_if_out_of_reach(self, draws: int) -> None:
        """Warn once if not even a cell that keeps all draws, or none, has enough before `draws`."""
        if not self.reached([0, draws], [draws, draws]).any():
            warn_once(
                f"until={self.rule}:{self.value:g} cannot be reached with {draws} draws, so every cell uses all; "
                "raise probe.draws, or leave out probe.until"
            )
