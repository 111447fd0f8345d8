"""The bootstrap of the studentised mean against all resamples that there are, and against Student."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from advspace.statistics.paired import paired_mean
from advspace.statistics.studentised import resampled, roots_of

SKEWED = np.array([0.1, 0.2, 0.4, 0.9, 3.0])


def test_quantiles_are_those_of_all_3125_resamples():
    every = np.array(list(product(SKEWED, repeat=5)))
    deviations, errors = every.mean(1) - SKEWED.mean(), every.std(1, ddof=1) / 5**0.5
    with np.errstate(divide="ignore"):
        exact = np.sort(deviations / np.where(errors < 1e-12, 0, errors))
    roots = roots_of(*resampled(SKEWED, 0, 40_000))
    for share in (0.025, 0.1, 0.5, 0.9, 0.975):
        drawn = (exact <= np.quantile(roots, share, method="lower")).mean()
        assert drawn == pytest.approx(share, abs=0.01)


def test_many_values_are_resampled_in_pieces(monkeypatch):
    monkeypatch.setattr("advspace.statistics.studentised.ENTRIES", 90)
    values = np.random.default_rng(0).normal(3, 2, 30)
    means, squares = resampled(values, 0, 700)
    assert means.shape == squares.shape == (700,)
    assert means.std() == pytest.approx(values.std() / 30**0.5, rel=0.1)
    assert squares.mean() == pytest.approx(values.var() / 30, rel=0.1)


def test_interval_and_p_values_say_the_same():
    """A value is at the end of the interval if its one-sided p-value is 2.5 %."""
    mean = paired_mean(np.random.default_rng(0).exponential(size=30))
    low, high = mean.interval()
    assert mean.above(low) == pytest.approx(0.025, abs=0.0006)
    assert mean.below(high) == pytest.approx(0.025, abs=0.0006)


def test_neither_interval_nor_p_value_is_better_than_students():
    student = ttest_1samp(SKEWED, 0)
    mean, (low, high) = paired_mean(SKEWED), student.confidence_interval()
    found_low, found_high = mean.interval()
    assert found_low <= low
    assert found_high >= high
    assert mean.above(0.0) >= ttest_1samp(SKEWED, 0, alternative="greater").pvalue


def test_beyond_all_resamples_a_p_value_is_students_where_skewness_makes_it_no_larger():
    values = np.random.default_rng(1).exponential(size=200) + 5
    assert paired_mean(values).above(0.0) == ttest_1samp(values, 0, alternative="greater").pvalue
    assert paired_mean(-values).above(-7.0) > ttest_1samp(-values, -7, alternative="greater").pvalue
