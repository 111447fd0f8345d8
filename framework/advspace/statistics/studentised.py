"""A mean with the bootstrap distribution of its studentised error: intervals and p-values from one source.

Bootstrap-t follows skewed values, but covers only .90 of .95 where 10 to 25 values have heavy tails; Student's t is the
other way round.  Neither holds the level of a one-sided test where 10 to 25 values are skewed; Hall's transformation
does, with a skewness that is not too small.  So an interval is the hull of the three, and a p-value the largest.
"""

from dataclasses import dataclass
from math import isinf, sqrt

import numpy as np

from advspace.statistics.agreement import Agreement
from advspace.statistics.interval import Floats
from advspace.statistics.skewness import from_symmetric, to_symmetric

RESAMPLES = 1999
"""Resamples of a bootstrap-t interval; one more is divisible by 40, so 2.5 % are a whole number of them."""
FEWEST = 5
"""Fewest values that are resampled; with fewer, the resamples of one value alone are too many (1/9 of those of 3)."""
MOST = 2000
"""Most values that are resampled: of more, Student's t errs by less than .004 per tail, at a skewness of 2."""
ENTRIES = 2**22
"""Most entries of a matrix of resamples in memory."""
NO_VARIANCE = 1e-12
"""A resample's variance below this share of the sample's is rounding: the resample has one value only."""


@dataclass(frozen=True)
class Studentised:
    """An estimated mean, or difference of two means, whose error is studentised.

    Args:
        mean: The estimate.
        error: Its standard error, > 0.
        freedom: Degrees of freedom of Student's t.
        roots: (mean of a resample - mean) / standard error of the resample, in increasing order; may be empty.
        agreement: What holds where too many resamples have no variance, because most values are equal.
        skewness: Skewness of the distribution of the estimate.

    Source: Efron & Tibshirani 1993, section 12.5; Hall 1992, section 3.
    """

    mean: float
    error: float
    freedom: float
    roots: Floats
    agreement: Agreement
    skewness: float = 0.0

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Ends of the equal-tailed interval, within the bounds of the values.

        Args:
            confidence: Nominal coverage, in (0, 1).
        """
        first, last = self._quantiles((1 - confidence) / 2)
        low, high = self.agreement.interval(confidence)
        low = low if isinf(last) else max(self.mean - last * self.error, self.agreement.bounds[0])
        high = high if isinf(first) else min(self.mean - first * self.error, self.agreement.bounds[1])
        return low, high

    def above(self, value: float) -> float:
        """One-sided p-value against the hypothesis that the true mean is at most `value`."""
        return self._tail(self.roots, (self.mean - value) / self.error, self.skewness)

    def below(self, value: float) -> float:
        """One-sided p-value against the hypothesis that the true mean is at least `value`."""
        return self._tail(-self.roots[::-1], (value - self.mean) / self.error, -self.skewness)

    def _quantiles(self, tail: float) -> tuple[float, float]:
        """Lower and upper quantile of the studentised error."""
        from scipy.special import stdtrit  # scipy.stats takes half a second to import

        end = -float(stdtrit(self.freedom, tail))
        first, last = min(-end, from_symmetric(-end, self.skewness)), max(end, from_symmetric(end, self.skewness))
        if not len(self.roots):
            return first, last
        rank = max(1, round(tail * (len(self.roots) + 1)))
        return min(first, float(self.roots[rank - 1])), max(last, float(self.roots[-rank]))

    def _tail(self, roots: Floats, root: float, skewness: float) -> float:
        """Chance of a root of at least `root`; beyond the last resample it is Student's, with or without skewness."""
        from scipy.special import stdtr

        larger = len(roots) - int(np.searchsorted(roots, root, side="left"))
        share = (1 + larger) / (1 + len(roots)) if larger else 0.0
        return max(share, float(stdtr(self.freedom, -min(root, to_symmetric(root, skewness)))))


def resampled(values: Floats, seed: int, resamples: int = RESAMPLES) -> tuple[Floats, Floats]:
    """Mean and squared standard error of resamples with replacement; the mean of `values` counts as 0.

    Args:
        values: One value per unit, shape `[n]`.
        seed: Seed of the resampling.
        resamples: Number of resamples.

    Returns:
        Deviations of the means, and squared standard errors, each of shape `[resamples]`.
    """
    rng, size = np.random.default_rng(seed), len(values)
    centred = values - values.mean()
    means, squares = np.empty(resamples), np.empty(resamples)
    step = max(1, ENTRIES // size)
    for start in range(0, resamples, step):
        drawn = centred[rng.integers(size, size=(min(step, resamples - start), size))]
        means[start : start + step] = drawn.mean(1)
        squares[start : start + step] = drawn.var(1)
    squares[squares < NO_VARIANCE * centred.var()] = 0.0
    return means, squares / (size - 1)


def roots_of(deviations: Floats, squared_errors: Floats) -> Floats:
    """Sorted studentised deviations; a resample of one value only has an infinite one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        roots = deviations / np.sqrt(squared_errors)
    return np.sort(np.nan_to_num(roots, nan=0.0, posinf=np.inf, neginf=-np.inf))


def standard_error(values: Floats) -> float:
    """Standard error of the mean of independent values."""
    return sqrt(float(values.var(ddof=1)) / len(values))
