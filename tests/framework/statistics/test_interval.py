"""Wilson intervals against scipy's."""

import numpy as np
import pytest
from scipy.stats import binomtest

from advspace.statistics.interval import score_interval, wilson


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (0, 100), (5, 100), (50, 100), (100, 100), (3, 7)])
def test_wilson_is_scipys(successes, trials, confidence):
    expected = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    assert wilson(successes, trials, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_takes_arrays():
    low, high = wilson(np.array([0, 5]), np.array([10, 10]))
    assert low.shape == high.shape == (2,)
    assert (low < high).all()


def test_ends_are_exact_where_none_or_all_succeed():
    trials = np.arange(1, 2000)
    assert (wilson(np.zeros(len(trials)), trials)[0] == 0).all()
    assert (wilson(trials, trials)[1] == 1).all()


def test_an_interval_is_of_shares_and_holds_its_share():
    rng = np.random.default_rng(0)
    shares = np.concatenate([rng.random(2000), np.zeros(500), np.ones(500)])
    low, high = score_interval(shares, shares * (1 - shares) * rng.random(3000), rng.integers(1, 500, 3000))
    assert ((low >= 0) & (low <= shares) & (shares <= high) & (high <= 1)).all()
    assert (high > low).all()


def test_score_interval_never_claims_certainty():
    low, high = score_interval(1.0, 0.0, 100)
    assert low < 0.97
    assert high == pytest.approx(1)
