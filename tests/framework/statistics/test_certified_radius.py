"""Certified radii against scipy's beta distribution, published certificates, and the truth by simulation."""

import csv

import numpy as np
import pytest
from scipy.stats import beta, binom, norm

from advspace.errors import AdvspaceError
from advspace.statistics.certified_radius import (
    certified_radius,
    clopper_pearson_low,
    fewest_trials,
    largest_radius,
)


@pytest.mark.parametrize("alpha", [0.001, 0.05])
def test_the_lower_end_is_the_quantile_of_a_beta_distribution(alpha):
    for count in (1, 10, 1000):
        hits = np.arange(1, count + 1)
        expected = beta.ppf(alpha, hits, count - hits + 1)
        np.testing.assert_allclose(clopper_pearson_low(hits, count, alpha), expected, rtol=1e-10)
    assert clopper_pearson_low(0, 10, alpha) == 0


@pytest.mark.parametrize("share", [0.55, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("draws", [20, 90, 1000])
def test_a_radius_is_too_large_in_alpha_of_the_samples_at_most(share, draws):
    """Summed over all counts, so it is exact; with one count more it would be too often."""
    alpha, hits = 0.05, np.arange(draws + 1)
    too_large = certified_radius(hits, draws, alpha) > norm.ppf(share)
    fewest = draws + 1 - too_large.sum()
    assert binom.sf(fewest - 1, draws, share) <= alpha < binom.sf(fewest - 2, draws, share)


def test_half_or_less_certifies_nothing():
    assert certified_radius(np.array([0, 50, 60, 65]), 100, 0.001).tolist() == [0, 0, 0, 0]
    assert certified_radius(67, 100, 0.001) > 0


def test_the_largest_radius_of_so_many_draws():
    """At alpha .001, in units of the noise's deviation: 1.50, 2.46, 3.20 and 3.81."""
    draws = np.array([100, 1000, 10_000, 100_000])
    np.testing.assert_allclose(largest_radius(draws, 0.001), norm.ppf(0.001 ** (1 / draws)), rtol=1e-6)
    assert largest_radius(draws, 0.001).round(2).tolist() == [1.5, 2.46, 3.2, 3.81]


@pytest.mark.parametrize("alpha", [0.5, 0.25, 0.05, 0.001 / 11])
def test_the_fewest_draws_that_certify_anything(alpha):
    fewest = fewest_trials(alpha)
    assert largest_radius(fewest, alpha) > 0
    assert fewest == 1 or largest_radius(fewest - 1, alpha) == 0


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, 2.0, float("nan")])
def test_alpha_is_a_probability(alpha):
    for wrong in (lambda: certified_radius(9, 10, alpha), lambda: fewest_trials(alpha)):
        with pytest.raises(AdvspaceError, match="alpha must be between 0 and 1, got"):
            wrong()


def test_without_draws_there_is_no_bound():
    with pytest.raises(AdvspaceError, match="trials must be >= 1, got 0"):
        certified_radius(0, 0, 0.001)


@pytest.mark.data
@pytest.mark.parametrize(
    ("sigma", "certificates", "at_another"), [("0.25", 389, 0.6), ("0.50", 418, 0.77), ("1.00", 352, 0.86)]
)
def test_the_published_radii_are_those_of_counts(real_data, sigma, certificates, at_another):
    """Cohen et al. 2019, ImageNet: 100,000 draws at alpha .01; 1,159 printed radii, each that of a count to all digits.

    With another alpha only 60 to 86 % of them are: those that are far from the largest radius, where counts are dense.
    """
    path = real_data / "smoothing_certify" / f"imagenet_resnet50_sigma_{sigma}.tsv"
    with path.open() as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["predict"] != "-1"]
    printed = np.array([float(row["radius"]) for row in rows])
    assert len(printed) == certificates
    assert (of_counts(printed, float(sigma), 0.01) == printed).all()
    assert (of_counts(printed, float(sigma), 0.001) == printed).mean() == pytest.approx(at_another, abs=0.01)


def of_counts(printed, sigma, alpha):
    """The nearest radius that a count has, with three digits."""
    radii = sigma * certified_radius(np.arange(50_000, 100_001), 100_000, alpha)
    above = np.searchsorted(radii, printed).clip(1, len(radii) - 1)
    around = radii[np.stack([above - 1, above])]
    nearest = np.where(np.abs(around[0] - printed) < np.abs(around[1] - printed), *around)
    return np.array([float(f"{radius:.3}") for radius in nearest])
