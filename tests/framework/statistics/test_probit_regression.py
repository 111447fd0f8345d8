"""The maximum of the likelihood as SciPy's optimiser finds it, and in tails where Phi is 0 in double precision."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtr

from advspace.statistics.probit_regression import hazards, probit_fit

SIGMA = 2.0 ** np.arange(-5, 6)
DESIGN = np.stack([1 / SIGMA, np.ones(11), -SIGMA], 1)
TRIALS = np.full(11, 100.0)


@pytest.mark.parametrize("truth", [(0.05, 0.0, 0.3), (0.02, -0.5, 0.0), (1.0, 0.2, -0.05)])
def test_maximum_is_scipys(truth):
    kept = np.random.default_rng(0).binomial(100, ndtr(DESIGN @ truth)).astype(float)

    def loss(beta):
        probit = DESIGN @ beta
        return -(kept * log_ndtr(probit) + (TRIALS - kept) * log_ndtr(-probit)).sum()

    fit = probit_fit(DESIGN[None], kept[None], TRIALS[None])
    expected = minimize(loss, truth, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 10_000})
    assert fit.converged[0]
    assert loss(fit.coefficients[0]) <= expected.fun + 1e-8
    np.testing.assert_allclose(fit.coefficients[0], expected.x, atol=1e-4)
    np.testing.assert_allclose(fit.probit[0], DESIGN @ fit.coefficients[0])


def test_fits_do_not_depend_on_their_company():
    kept = np.random.default_rng(1).binomial(100, ndtr(DESIGN @ (0.05, 0.0, 0.3)), (20, 11)).astype(float)
    together = probit_fit(np.tile(DESIGN, (20, 1, 1)), kept, np.tile(TRIALS, (20, 1)))
    alone = [probit_fit(DESIGN[None], row[None], TRIALS[None]).coefficients[0] for row in kept]
    np.testing.assert_allclose(together.coefficients, alone, rtol=1e-6, atol=1e-9)


def test_shares_of_0_and_1_in_far_tails_are_fitted():
    """At the ends of the ladder p is 1 - 1e-500 and 1e-500."""
    kept = 1e6 * ndtr(DESIGN @ (1.5, 0.0, 1.5))
    fit = probit_fit(DESIGN[None], kept[None], np.full((1, 11), 1e6))
    np.testing.assert_allclose(fit.coefficients[0], [1.5, 0, 1.5], atol=1e-6)


def test_hazards_are_those_of_the_normal_distribution():
    up, down = hazards(np.array([0.0, -40.0, 40.0]))
    np.testing.assert_allclose(up, [np.sqrt(2 / np.pi), 40.025, 0], rtol=1e-4, atol=1e-300)
    np.testing.assert_allclose(down, [np.sqrt(2 / np.pi), 0, 40.025], rtol=1e-4, atol=1e-300)
