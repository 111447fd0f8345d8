"""The scale at which half of the probes are lost."""

import numpy as np
import pytest
from scipy.stats import norm

from advspace.statistics.half_scale import HalfScale, half_scale, half_scale_interval, median_half_scale

SCALES = 2.0 ** np.arange(-5, 6)


def test_interpolates_in_log2():
    assert half_scale(np.array([1.0, 4.0]), np.array([0.75, 0.25])).scale == pytest.approx(2.0)


def test_finds_the_crossing_of_a_smooth_curve():
    """A curve that is a normal distribution in log2(scale) crosses one half at its centre."""
    result = half_scale(SCALES, norm.sf(np.log2(SCALES), loc=1.3, scale=1.5))
    assert np.log2(result.scale) == pytest.approx(1.3, abs=0.05)


@pytest.mark.parametrize(
    ("share", "expected", "text"),
    [(0.9, HalfScale(32.0, "above"), "> 32"), (0.2, HalfScale(0.03125, "below"), "< 0.0312")],
)
def test_censoring_is_said(share, expected, text):
    result = half_scale(SCALES, np.full(11, share))
    assert result == expected
    assert str(result) == text


def test_recovery_does_not_count():
    assert half_scale(np.array([1.0, 2.0, 4.0]), np.array([1.0, 0.5, 1.0])).scale == 2.0


def test_median_counts_censored_images_beyond_their_end():
    below, above = HalfScale(1.0, "below"), HalfScale(8.0, "above")
    assert median_half_scale([above, HalfScale(2.0), below]) == HalfScale(2.0)
    assert median_half_scale([above, above, HalfScale(2.0)]) == above


@pytest.mark.parametrize(
    ("beyond", "expected"),
    [
        (0, ("0.0718", "13.9")),
        (5, ("0.0625", "16")),
        (6, ("< 0.0312", "> 32")),
    ],
)
def test_interval_leaves_a_fortieth_out_at_each_end(beyond, expected):
    """Of 201 lines that are straight in log2(scale), in any order, it is the sixth from each end."""
    seen = np.linspace(-4, 4, 201 - 2 * beyond)
    crossings = np.concatenate([np.full(beyond, -9.0), seen, np.full(beyond, 9.0)])
    mixed = np.random.default_rng(0).permutation(crossings)
    interval = half_scale_interval(SCALES, 0.5 - 0.05 * (np.log2(SCALES) - mixed[:, None]))
    assert tuple(map(str, interval)) == expected


def test_interval_starts_at_scale_zero():
    low, high = half_scale_interval(np.array([0.0, 2.0]), np.array([[1.0, 0.0], [1.0, 0.2], [0.4, 0.2]]))
    assert (low, high) == (HalfScale(0.0, "below"), HalfScale(1.25))
