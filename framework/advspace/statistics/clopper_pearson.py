"""Exact bounds of a proportion: Clopper & Pearson 1934."""

import numpy as np

from advspace.statistics.interval import Floats, Numbers


def lower_bound(successes: Numbers, trials: Numbers, alpha: Numbers) -> Floats:
    """The bound that the true proportion is below with a chance of at most `alpha`, elementwise; 0 without a success.

    Args:
        successes: Number of successes.
        trials: Number of trials; 0 gives 0.
        alpha: Chance of a bound above the proportion, one-sided.

    Source: Clopper & Pearson 1934, as a quantile of Beta(k, n - k + 1).
    """
    from scipy.special import betaincinv  # scipy.stats takes half a second to import

    hits, count = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(trials, np.float64))
    some = hits > 0
    return np.asarray(
        np.where(some, betaincinv(np.where(some, hits, 1), np.where(some, count - hits + 1, 1), alpha), 0.0)
    )


def upper_bound(successes: Numbers, trials: Numbers, alpha: Numbers) -> Floats:
    """The bound that the true proportion is above with a chance of at most `alpha`; 1 without a failure.

    Args:
        successes: Number of successes.
        trials: Number of trials; 0 gives 1.
        alpha: Chance of a bound below the proportion, one-sided.
    """
    return np.asarray(1 - lower_bound(np.asarray(np.subtract(trials, successes)), trials, alpha))
