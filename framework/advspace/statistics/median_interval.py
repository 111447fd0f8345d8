"""Interval of a median by order statistics: it needs no form of the distribution."""

import numpy as np

from advspace.statistics.interval import Floats


def median_interval(values: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """Two of the sorted values that hold the population's median with at least `confidence`.

    The number of values below the median is binomial with 1/2.  Values may be equal; then it covers more.

    Args:
        values: One value per independent unit, such as an image.
        confidence: Least coverage.

    Returns:
        Both ends; NaN if there are too few values (fewer than 6 with 95 %).

    Source: Thompson 1936; David & Nagaraja, Order Statistics, 7.1.
    """
    from scipy.special import bdtr

    count = len(values)
    chances = bdtr(np.arange(count // 2), count, 0.5)  # of at most so many values below the median
    left_out = int((chances <= (1 - confidence) / 2).sum())  # at each end
    if not left_out:
        return float("nan"), float("nan")
    ordered = np.sort(values)
    return float(ordered[left_out - 1]), float(ordered[count - left_out])
