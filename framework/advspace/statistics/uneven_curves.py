"""Curves of which some are known at more scales than others."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.half_scale import HalfScale, half_scales
from advspace.statistics.interval import Floats
from advspace.statistics.probit_curve import between

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class UnevenCurves:
    """The shares kept by attacks at all scales of any of them; all attacks have the lowest and the highest scale.

    Args:
        scales: Increasing, >= 0; shape (scales,).
        shares: Share of the probes kept, NaN where an attack was not probed; shape (attacks, scales).
        draws: Probes behind each share; NaN at the same places.
    """

    scales: Floats
    shares: Floats
    draws: Floats

    def half_scales(self) -> list[HalfScale]:
        """The half scale of each attack, read from its own scales."""
        result = np.empty(len(self.shares), dtype=object)
        for rows, known in self._alike():
            found = half_scales(self.scales[known], self.shares[rows][:, known], self.draws[rows][:, known])
            result[rows] = np.array(found, dtype=object)
        return list(result)

    @cached_property
    def filled(self) -> Floats:
        """The shares at all scales: where an attack was not probed, its own curve between its scales says it.

        This curve is exact enough there: it falls to one half in another step, which has more scales.
        """
        result = self.shares.copy()
        for rows, known in self._alike():
            if not known.all():
                shares, draws = self.shares[rows][:, known], self.draws[rows][:, known]
                result[np.ix_(rows, ~known)] = between(self.scales[known], shares, draws, self.scales[~known])
        return result

    @property
    def trials(self) -> Floats:
        """Probes of all attacks at each scale; where an attack was not probed, its mean number counts."""
        missing = np.isnan(self.draws)
        draws: Floats = np.where(missing, np.nanmean(self.draws, axis=1, keepdims=True), self.draws)
        return np.asarray(draws.sum(0))

    def _alike(self) -> Iterator[tuple[Mask, Mask]]:
        """Attacks that have the same scales, and these scales; both as masks."""
        masks, owner = np.unique(~np.isnan(self.shares), axis=0, return_inverse=True)
        return ((owner.reshape(-1) == index, known) for index, known in enumerate(masks))
