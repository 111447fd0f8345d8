"""Bands of mean curves, by their coverage."""

import numpy as np
import pytest
from scipy.stats import norm

from advspace.statistics.bands import mean_bands, mean_interval, simultaneous_confidence
from advspace.statistics.bootstrap import resampled_means

SCALES = 2.0 ** np.arange(-3, 4)


@pytest.mark.parametrize("law", [(0.3, 0.3), (8, 2), (0.05, 2)], ids=str)
def test_coverage(law):
    """At least 93 % of the 95 % intervals hold the true mean, over images that differ as real ones do."""
    rng = np.random.default_rng(7)
    true = law[0] / sum(law)
    hits = 0
    for _ in range(300):
        low, high = mean_interval(rng.binomial(100, rng.beta(*law, size=(40, 1))) / 100)
        hits += int(low[0] <= true <= high[0])
    assert hits >= 0.93 * 300


def test_agreement_of_all_images_is_no_certainty():
    low, high = mean_interval(np.ones((50, 1)))
    assert 0.9 < low[0] < 0.95
    assert high[0] == pytest.approx(1)


def test_one_resampling_serves_several_curves():
    rng = np.random.default_rng(0)
    curves = [rng.random((20, 3)), rng.random((20, 5))]
    for band, shares in zip(mean_bands(curves), curves, strict=True):
        assert band.mean == pytest.approx(shares.mean(0))
        assert (band.low, band.high) == tuple(pytest.approx(end) for end in mean_interval(shares))


def test_max_t_of_independent_scales_is_sidaks():
    """Of ten independent scales, 0.95 ** (1 / 10) at each is 0.95 for all; of ten equal ones it stays 0.95."""
    shares = np.random.default_rng(1).normal(0.5, 0.1, (300, 10))
    means = resampled_means(shares, resamples=10_000)
    assert simultaneous_confidence(shares, means) == pytest.approx(0.95**0.1, abs=1.5e-3)
    equal = np.repeat(shares[:, :1], 10, axis=1)
    assert simultaneous_confidence(equal, resampled_means(equal)) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("images", [5, 25])
def test_whole_curves_are_in_their_simultaneous_band(images):
    """At least 93 % of the bands hold the true curve at all scales; the pointwise ones do not."""
    rng = np.random.default_rng(images)
    true = norm.cdf((0.4 - np.log2(SCALES)) / np.hypot(0.7, 0.7))
    crossings = rng.normal(0.4, 0.7, (200, images, 1))
    samples = rng.binomial(100, norm.cdf((crossings - np.log2(SCALES)) / 0.7)) / 100
    bands = [mean_bands([shares])[0] for shares in samples]
    held = np.mean([((band.simultaneous_low <= true) & (true <= band.simultaneous_high)).all() for band in bands])
    pointwise = np.mean([((band.low <= true) & (true <= band.high)).all() for band in bands])
    assert pointwise < held
    assert held >= 0.93


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("images", [1, 4])
def test_where_images_agree_the_simultaneous_band_is_the_pointwise_one(share, images):
    (band,) = mean_bands([np.full((images, 3), share)])
    assert band.simultaneous_low.tolist() == band.low.tolist()
    assert (band.low <= band.mean).all()
    assert (band.mean <= band.high).all()
    assert (band.high - band.low > 0.1).all()
