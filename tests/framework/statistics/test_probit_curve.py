"""Curves between the scales, against scipy and against regions whose curve is known."""

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq
from scipy.stats import ncx2, norm

from advspace.statistics.half_scale import half_scale
from advspace.statistics.probit_curve import between, cubic, informative, places, probits, slopes

OCTAVES = 2.0 ** np.arange(-5, 6)


def test_slopes_and_cubic_are_scipys():
    where = np.array([-2.0, -1.0, 0.5, 1.0, 3.0])
    values = np.array([[3.0, 1.0, 0.8, 0.9, -2.0], [2.0, 1.0, 0.0, -2.0, -5.0]])
    left, right = slopes(where, values, np.ones(values.shape, bool))
    for step, width in enumerate(np.diff(where)):
        for part in (0.0, 0.3, 0.7, 1.0):
            if 0 < step < 3:  # scipy has another rule at the ends
                ours = cubic(
                    np.array(part),
                    (values[:, step], values[:, step + 1]),
                    (left[:, step], right[:, step]),
                    np.array(width),
                )
                theirs = PchipInterpolator(where, values, axis=1)(where[step] + part * width)
                assert ours == pytest.approx(theirs)


def test_half_a_count_stands_for_none_and_all():
    assert probits(np.array([0.0, 0.5, 1.0]), 1) == pytest.approx([norm.ppf(0.25), 0, norm.ppf(0.75)])
    assert np.isfinite(probits(np.array([0.0, 1.0]), np.inf)).all()


def test_shares_of_a_few_probes_tell_no_slope():
    assert informative(np.array([0.0, 0.04, 0.05, 0.95, 0.96, 1.0]), 100).tolist() == [0, 0, 1, 1, 0, 0]
    assert informative(np.array([0.0, 1e-9, 1.0]), np.inf).tolist() == [False, True, False]


def test_scale_zero_has_a_place_below_the_others():
    assert places(np.array([0.0, 1.0, 4.0])).tolist() == [-2, 0, 2]
    assert places(np.array([0.0, 2.0])).tolist() == [0, 1]


@pytest.mark.parametrize("shift", np.linspace(0, 1, 5)[:-1])
@pytest.mark.parametrize(
    "region",
    [
        lambda scale: norm.cdf(0.6 / scale - 0.5),  # a linear classifier of several classes
        lambda scale: norm.cdf((0.3 - np.log2(scale)) / 0.4),  # images that lose their class at different scales
        lambda scale: ncx2.cdf((20 / scale) ** 2, df=784, nc=(19.6 / scale) ** 2),  # a ball, seen from near its edge
    ],
    ids=["half-space", "lognormal", "ball"],
)
def test_crossings_of_known_regions_are_within_a_fortieth_of_an_octave(region, shift):
    """A straight line between the shares misses them by up to an eighth of an octave."""
    true = brentq(lambda scale: region(scale) - 0.5, 0.1, 10)
    scales = true * 2 ** (np.arange(-4, 5) + shift)
    assert np.log2(half_scale(scales, region(scales)).scale / true) == pytest.approx(0, abs=1 / 40)


def test_between_scales_a_curve_is_one_half_at_its_half_scale():
    shares = norm.sf(np.log2(OCTAVES), loc=[[0.3], [-1.7]], scale=0.9)
    halves = np.array([half_scale(OCTAVES, row, 200).scale for row in shares])
    assert np.diag(between(OCTAVES, shares, 200, halves)) == pytest.approx(0.5)


def test_at_its_own_scales_a_curve_is_what_was_counted():
    shares = np.array([[1.0, 0.9, 0.7, 0.1]])
    assert between(np.array([0.0, 1.0, 2.0, 8.0]), shares, 10, np.array([1.0, 2.0, 8.0])) == pytest.approx(
        shares[:, 1:]
    )


def test_beside_zero_a_curve_is_a_line_in_the_scale_itself():
    shares = np.array([[1.0, 0.2, 0.1]])
    assert between(np.array([0.0, 2.0, 4.0]), shares, 10, np.array([0.5])) == pytest.approx(0.8)
