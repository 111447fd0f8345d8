"""The interval of a mean over images: against scipy's bootstrap, and by its coverage."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from advspace.statistics.bootstrap import mean_interval, resampled_means


def test_resampled_means_agree_with_scipy():
    shares = np.random.default_rng(1).beta(2, 5, size=(60, 1))
    ours = np.quantile(resampled_means(shares, seed=3, resamples=20_000), [0.025, 0.975])
    theirs = bootstrap((shares[:, 0],), np.mean, n_resamples=20_000, method="percentile", rng=4).confidence_interval
    assert ours == pytest.approx([theirs.low, theirs.high], abs=2e-3)


def test_same_images_are_drawn_for_every_scale():
    share = np.random.default_rng(0).random((30, 1))
    means = resampled_means(np.hstack([share, 1 - share]))
    assert means.sum(1) == pytest.approx(np.ones(len(means)))


@pytest.mark.parametrize("law", [(0.3, 0.3), (8, 2), (0.05, 2)], ids=str)
def test_coverage(law):
    """At least 93 % of the 95 % intervals hold the true mean, over images that differ as real ones do."""
    rng = np.random.default_rng(7)
    true = law[0] / sum(law)
    hits = 0
    for _ in range(400):
        low, high = mean_interval(rng.binomial(100, rng.beta(*law, size=(40, 1))) / 100)
        hits += int(low[0] <= true <= high[0])
    assert hits >= 0.93 * 400


def test_agreement_of_all_images_is_no_certainty():
    low, high = mean_interval(np.ones((50, 1)))
    assert 0.9 < low[0] < 0.95
    assert high[0] == pytest.approx(1)
