"""Shares of a linear classifier: in closed form for one rival, SciPy's orthants for several."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from advspace.statistics.linear_shares import linear_distance, linear_shares

SIGMA = np.array([0.1, 0.3, 1.0, 3.0])


def test_one_rival_is_a_half_space():
    shares = linear_shares(np.array([0.6]), np.array([[4.0]]), SIGMA)
    np.testing.assert_allclose(shares, norm.cdf(0.3 / SIGMA))


def test_several_rivals_are_an_orthant():
    slopes = np.random.default_rng(0).standard_normal((4, 6))
    margins, gram = np.array([0.2, 0.5, 1.0, 0.0]), slopes @ slopes.T
    expected = [multivariate_normal(np.zeros(4), s**2 * gram, seed=0).cdf(margins) for s in SIGMA]
    np.testing.assert_allclose(linear_shares(margins, gram, SIGMA), expected, atol=0.025)


def test_distance_is_that_of_the_nearest_plane():
    assert linear_distance([0.6, 0.2], np.array([[4.0, 0], [0, 0.25]])) == pytest.approx(0.3)


def test_a_rival_without_a_gradient_is_never_met():
    gram = np.array([[0.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(linear_shares(np.array([0.5, 0.3]), gram, SIGMA), norm.cdf(0.3 / SIGMA), atol=0.025)
    assert linear_distance([0.5, 0.3], gram) == pytest.approx(0.3)
