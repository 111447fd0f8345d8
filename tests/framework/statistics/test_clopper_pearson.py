"""Exact bounds are scipy's, and are never missed more often than they say."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from advspace.statistics.clopper_pearson import lower_bound, upper_bound


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (1, 10), (7, 10), (10, 10), (480, 1000)])
def test_bounds_are_scipys(successes, trials):
    expected = binomtest(successes, trials).proportion_ci(0.9, method="exact")
    assert float(lower_bound(successes, trials, 0.05)) == pytest.approx(expected.low)
    assert float(upper_bound(successes, trials, 0.05)) == pytest.approx(expected.high)


def test_no_trials_say_nothing():
    assert float(lower_bound(0, 0, 0.05)) == 0
    assert float(upper_bound(0, 0, 0.05)) == 1


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_the_chance_of_a_bound_above_the_truth_is_at_most_alpha(share):
    counts = np.arange(51)
    missed = binom.pmf(counts, 50, share)[lower_bound(counts, 50, 0.05) > share].sum()
    assert missed <= 0.05
