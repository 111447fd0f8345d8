"""The scale at which half of the probes are lost."""

import numpy as np
import pytest
from scipy.stats import norm

from advspace.statistics.half_scale import HalfScale, half_scale, half_scales, median_half_scale

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


def test_many_curves_at_once_are_each_by_itself():
    rng = np.random.default_rng(0)
    shares = np.sort(rng.binomial(20, rng.random((50, 1)), (50, 11)), axis=1)[:, ::-1] / 20
    draws = rng.integers(20, 60, shares.shape)
    alone = [half_scale(SCALES, row, trials) for row, trials in zip(shares, draws, strict=True)]
    assert half_scales(SCALES, shares, draws) == alone
    assert {half.censored for half in alone} == {"", "above", "below"}


@pytest.mark.parametrize("trials", [1, 10, np.inf])
def test_a_jump_from_all_to_none_is_put_in_the_middle(trials):
    assert half_scale(np.array([1.0, 2.0, 8.0]), np.array([1.0, 1.0, 0.0]), trials).scale == pytest.approx(4)


def test_more_draws_that_all_keep_their_class_move_the_crossing_up():
    scales, shares = np.array([1.0, 2.0]), np.array([1.0, 0.3])
    few, many = (half_scale(scales, shares, trials).scale for trials in (10, 1000))
    assert 1.5 < few < many < 2


@pytest.mark.parametrize(("share", "censored"), [(1.0, "above"), (0.6, "above"), (0.5, "below"), (0.0, "below")])
def test_one_scale_tells_only_on_which_side_it_is(share, censored):
    assert half_scale(np.array([2.0]), np.array([share]), 100) == HalfScale(2.0, censored)


def test_beside_zero_it_is_on_a_line_in_the_scale_itself():
    assert half_scale(np.array([0.0, 2.0]), np.array([1.0, 0.2])).scale == pytest.approx(1.25)
