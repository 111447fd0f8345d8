"""Score intervals of proportions and of means of shares."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = float | NDArray[Any]


def wilson(successes: Numbers, trials: Numbers, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper end of the interval of `successes` in `trials`, elementwise.

    Its mean coverage is close to the nominal one; for a certificate use Clopper-Pearson.

    Source: Wilson 1927; Brown, Cai & DasGupta 2001.
    """
    share = np.asarray(successes, dtype=np.float64) / np.asarray(trials, dtype=np.float64)
    return score_interval(share, share * (1 - share), trials, confidence)


def score_interval(mean: Numbers, variance: Numbers, count: Numbers, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's interval for the mean of values in [0, 1], with any variance up to that of a proportion.

    With `variance = mean (1 - mean)` it is Wilson's own interval; with variance 0 its width depends on `count` alone.
    It holds the mean.  Its lower end is exactly 0 if the mean is 0, and its upper end exactly 1 if the mean is 1.

    Args:
        mean: Mean of the values.
        variance: Variance of the values (population).
        count: Number of values.
        confidence: Nominal coverage.
    """
    from scipy.special import ndtri  # imported here: it is slow, and every command imports this module

    n: Any = np.asarray(count, dtype=np.float64)
    z = float(ndtri(0.5 + confidence / 2))
    share: Any = np.asarray(mean)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(np.asarray(variance) / n + z**2 / (4 * n**2))
    low, high = np.where(share <= 0, 0, middle - half), np.where(share >= 1, 1, middle + half)
    return np.asarray(np.clip(low, 0, share)), np.asarray(np.clip(high, share, 1))
