"""The bivariate normal distribution is that of scipy, and of closed forms."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from advspace.statistics.bivariate import both_below


@pytest.mark.parametrize("correlation", [-0.99, -0.5, 0.0, 0.3, 0.95])
def test_probability_is_scipys(correlation):
    limits = np.array([[0.0, 0.0], [0.0, 1.2], [-0.7, 0.0], [0.4, -1.3], [2.0, 2.5], [-1.0, -0.2]])
    cov = [[1, correlation], [correlation, 1]]
    expected = [multivariate_normal([0, 0], cov, seed=0).cdf(each) for each in limits]
    np.testing.assert_allclose(both_below(*limits.T, correlation), expected, atol=2e-6)


def test_at_the_origin_it_is_sheppards_formula():
    for correlation in (-0.8, -0.1, 0.6):
        expected = 0.25 + np.arcsin(correlation) / (2 * np.pi)
        assert float(both_below(0.0, 0.0, correlation)) == pytest.approx(expected, abs=1e-12)


def test_full_correlation():
    assert float(both_below(0.3, 1.0, 1.0)) == pytest.approx(0.6179114, abs=1e-6)
    assert float(both_below(0.3, 1.0, -1.0)) == pytest.approx(0.6179114 - 0.1586553, abs=1e-6)
    assert float(both_below(-0.3, 0.1, -1.0)) == 0
