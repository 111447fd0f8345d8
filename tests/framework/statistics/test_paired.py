"""Means of differences: Student's for few, and coverage by simulation; see benchmarks/paired_coverage.py for more."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_ind

from advspace.statistics.paired import paired_mean, unpaired_mean

FEW = np.array([0.3, 1.0, 1.1])


def targets(rng, images):
    """Two targets per image, averaged; they are alike."""
    return (rng.normal(size=(images, 1)) + rng.normal(size=(images, 2))).mean(1)


POPULATIONS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "skewed": lambda rng, n: rng.exponential(size=n) - 1,
    "heavy": lambda rng, n: rng.standard_t(3, n),
    "targets": targets,
}


def test_few_differences_are_students():
    mean, student = paired_mean(FEW), ttest_1samp(FEW, 0)
    assert mean.interval() == pytest.approx(tuple(student.confidence_interval()))
    assert 2 * mean.above(0.0) == pytest.approx(student.pvalue)


def test_many_differences_are_students():
    """2,001 of them: the mean is normal, and resamples would take long."""
    values = np.random.default_rng(0).exponential(size=2001)
    assert paired_mean(values).interval() == pytest.approx(tuple(ttest_1samp(values, 0).confidence_interval()))
    assert paired_mean(values[1:]).interval() != pytest.approx(tuple(ttest_1samp(values[1:], 0).confidence_interval()))


def test_few_values_of_two_samples_are_welchs():
    other = np.array([2.0, 5.0])
    mean, welch = unpaired_mean(other, FEW), ttest_ind(FEW, other, equal_var=False)
    assert mean.interval() == pytest.approx(tuple(welch.confidence_interval()))
    assert 2 * mean.below(0.0) == pytest.approx(welch.pvalue)


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [0.5] * 30])
def test_one_value_or_equal_values_have_the_interval_of_their_bounds(values):
    mean = paired_mean(np.array(values), (-1, 1))
    low, high = mean.interval()
    assert mean.mean == 0.5
    assert -1 <= low < 0.5 < high <= 1
    assert paired_mean(np.array(values)).interval() == (-np.inf, np.inf)


def test_an_interval_stays_within_the_bounds():
    assert paired_mean(np.array([0.0, 0.9]), (-1, 1)).interval() == (-1, 1)


def test_where_most_values_are_equal_the_others_may_be_larger():
    """Nine zeros and a small one: a third of the resamples are all zero; Clopper and Pearson bound the share."""
    low, high = paired_mean(np.array([0.0] * 9 + [0.02]), (-1, 1)).interval()
    assert high == pytest.approx(0.445, abs=1e-3)
    assert -0.03 < low < 0


@pytest.mark.parametrize("equal", [(1, 5), (5, 1), (1, 1)])
def test_two_samples_with_one_value_each_or_alone_say_little(equal):
    first, second = (np.full(size, 0.5) for size in equal)
    assert unpaired_mean(first, second).interval() == (-np.inf, np.inf)


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("images", [5, 25])
def test_coverage_of_the_paired_interval(name, images):
    """200 simulations: three standard errors are .046 around .95."""
    rng, inside = np.random.default_rng(images), 0
    for _ in range(200):
        low, high = paired_mean(POPULATIONS[name](rng, images)).interval()
        inside += low <= 0 <= high
    assert inside / 200 >= 0.904


def test_coverage_of_the_unpaired_interval_with_different_variances():
    rng, inside = np.random.default_rng(0), 0
    for _ in range(150):
        low, high = unpaired_mean(rng.normal(0, 1, 8), rng.normal(0, 4, 20)).interval()
        inside += low <= 0 <= high
    assert inside / 150 >= 0.896
