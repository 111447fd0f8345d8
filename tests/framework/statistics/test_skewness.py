"""The skewness of a mean against known distributions, and Hall's transformation against its level."""

import numpy as np
import pytest
from scipy.special import stdtrit
from scipy.stats import skew

from advspace.statistics.skewness import (
    from_symmetric,
    skewness_of_difference,
    skewness_of_mean,
    to_symmetric,
)


def test_that_of_many_values_is_scipys():
    values = np.random.default_rng(0).exponential(size=4000)
    expected = skew(values, bias=False) / 4000**0.5
    assert skewness_of_mean(values) == pytest.approx(expected * (1 + 8 / 4000))


@pytest.mark.parametrize("count", [5, 10, 25, 100])
def test_few_exponential_values_give_twice_the_root_on_average(count):
    """Their skewness is 2; without the factor it would be 0.8, 1.15, 1.5 and 1.8."""
    samples = np.random.default_rng(count).exponential(size=(1500, count))
    mean = np.mean([skewness_of_mean(values) for values in samples]) * count**0.5
    assert mean == pytest.approx(2, abs=0.2)


def test_mirrored_values_have_the_opposite_skewness():
    values = np.random.default_rng(1).exponential(size=20)
    assert skewness_of_mean(-values) == pytest.approx(-skewness_of_mean(values))


def test_that_of_a_difference_of_means_with_nothing_subtracted_is_that_of_the_mean():
    values, rest = np.random.default_rng(2).exponential(size=20), np.random.default_rng(3).normal(size=20) * 1e-9
    error = values.std(ddof=1) / 20**0.5
    assert skewness_of_difference(rest, values, error) == pytest.approx(skewness_of_mean(values))
    assert skewness_of_difference(values, rest, error) == pytest.approx(-skewness_of_mean(values))


@pytest.mark.parametrize("skewness", [-2.6, -0.3, 0.0, 1e-12, 0.3, 2.6])
def test_the_transformation_increases_and_is_undone(skewness):
    roots = np.linspace(-6, 6, 25)
    values = [to_symmetric(root, skewness) for root in roots]
    assert all(np.diff(values) >= 0)
    assert [from_symmetric(value, skewness) for value in values] == pytest.approx(roots.tolist(), abs=1e-6)


@pytest.mark.parametrize("count", [10, 25])
def test_one_sided_tests_of_exponential_values_keep_their_level(count):
    """Of 5 %; three standard errors are .01.  Student's t alone rejects in .14 and .12 on this side."""
    samples = np.random.default_rng(count).exponential(size=(4000, count)) - 1
    roots = samples.mean(1) / (samples.std(1, ddof=1) / count**0.5)
    moved = [to_symmetric(root, skewness_of_mean(values)) for root, values in zip(roots, samples, strict=True)]
    assert np.mean(np.array(moved) < stdtrit(count - 1, 0.05)) <= 0.065
    assert np.mean(roots < stdtrit(count - 1, 0.05)) > 0.1
