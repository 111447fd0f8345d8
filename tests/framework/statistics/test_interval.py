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


def test_score_interval_never_claims_certainty():
    low, high = score_interval(1.0, 0.0, 100)
    assert low < 0.97
    assert high == pytest.approx(1)
