"""Equivalence: two one-sided tests as SciPy makes them, their error at the margin, and the images they need."""

import numpy as np
import pytest
from scipy.stats import norm, ttest_1samp

from advspace.errors import AdvspaceError
from advspace.statistics.equivalence import (
    p_beyond,
    p_equivalent,
    p_zero,
    units_for_difference,
    units_for_equivalence,
)
from advspace.statistics.multiplicity import holm
from advspace.statistics.paired import paired_mean

FEW = np.array([0.1, 0.15, -0.1, 0.02])


def one_sided(value, alternative):
    return ttest_1samp(FEW, value, alternative=alternative).pvalue


def test_p_values_of_few_values_are_scipys():
    mean = paired_mean(FEW)
    assert p_zero(mean) == pytest.approx(ttest_1samp(FEW, 0).pvalue)
    assert p_equivalent(mean, 0.25) == pytest.approx(max(one_sided(-0.25, "greater"), one_sided(0.25, "less")))
    assert p_beyond(mean, 0.01) == pytest.approx(2 * min(one_sided(0.01, "greater"), one_sided(-0.01, "less")))


@pytest.mark.parametrize("margin", [0.0, -0.25, float("nan")])
def test_a_margin_must_be_above_zero(margin):
    with pytest.raises(AdvspaceError, match=r"^margin must be > 0, got"):
        p_equivalent(paired_mean(FEW), margin)
    with pytest.raises(AdvspaceError, match=r"^margin must be > 0, got"):
        units_for_equivalence(1.0, margin)


def test_equivalence_is_found_at_the_margin_in_at_most_5_percent():
    """250 simulations: three standard errors are .041."""
    rng, found = np.random.default_rng(0), 0
    for _ in range(250):
        found += p_equivalent(paired_mean(rng.normal(0.8, 1, 25)), 0.8) <= 0.05
    assert found / 250 <= 0.091


def test_any_of_five_true_hypotheses_is_rejected_in_at_most_5_percent():
    """Without Holm's adjustment it is .19 where tests are alike as here."""
    rng, rejected = np.random.default_rng(0), 0
    for _ in range(100):
        common = rng.normal(size=10)
        p_values = np.array([p_zero(paired_mean(common / 2 + rng.normal(size=10))) for _ in range(5)])
        rejected += holm(p_values).min() <= 0.05
    assert rejected / 100 <= 0.115


def test_that_many_images_find_equivalence_with_the_power_that_was_wanted():
    """With a known deviation TOST finds it if the mean is within margin - z sd / sqrt(n)."""
    images = units_for_equivalence(1.0, 0.25)
    reach = 0.25 * images**0.5 - norm.ppf(0.95)
    assert 2 * norm.cdf(reach) - 1 == pytest.approx(0.9, abs=0.003)


def test_that_many_images_find_a_difference():
    images = units_for_difference(2.0, -0.5)
    assert norm.cdf(0.5 * images**0.5 / 2.0 - norm.ppf(0.975)) == pytest.approx(0.9, abs=0.003)


def test_a_variance_needs_two_images():
    assert units_for_difference(0.01, 5.0) == units_for_equivalence(0.01, 5.0) == 2
