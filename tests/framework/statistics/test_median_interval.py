"""Coverage of the median's interval: exact by counting, and in samples of a skewed distribution."""

import numpy as np
import pytest
from scipy.stats import binom

from advspace.statistics.median_interval import median_interval


@pytest.mark.parametrize("count", [6, 7, 10, 25, 100])
def test_covers_at_least_95_percent_and_one_value_less_does_not(count):
    low, high = median_interval(np.arange(count, dtype=float))
    assert low + high == count - 1
    missed = binom.cdf(low, count, 0.5)  # at most `low` values lie below the median
    assert missed <= 0.025 < binom.cdf(low + 1, count, 0.5)


def test_five_values_cannot_exclude_anything():
    assert np.isnan(median_interval(np.arange(5.0))).all()
    assert np.isnan(median_interval(np.empty(0))).all()


def test_holds_the_median_of_skewed_values():
    samples = np.random.default_rng(0).exponential(size=(1000, 20))
    ends = np.array([median_interval(sample) for sample in samples])
    covered = ((ends[:, 0] <= np.log(2)) & (np.log(2) <= ends[:, 1])).mean()
    assert 0.94 <= covered <= 0.985  # exactly .959; standard error .006
