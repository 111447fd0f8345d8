"""The confidence sequence, against its definition by quadrature, and under looking by simulation."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import beta

from advspace.statistics.interval import wilson
from advspace.statistics.sequential import confidence_sequence, decided


@pytest.mark.parametrize(("hits", "trials"), [(3, 10), (0, 50), (50, 50), (25, 50), (199, 200)])
@pytest.mark.parametrize("confidence", [0.95, 0.999])
def test_at_an_end_the_mixture_is_so_many_times_as_likely(hits, trials, confidence):
    """The likelihood, integrated over Jeffreys' prior, is 1 / alpha times that of the end."""

    def likelihood(p):
        return p**hits * (1 - p) ** (trials - hits)

    mixture = quad(lambda p: likelihood(p) / np.sqrt(p * (1 - p)) / beta(0.5, 0.5), 0, 1)[0]
    low, high = confidence_sequence(hits, trials, confidence)
    for end, trivial in ((low, hits == 0), (high, hits == trials)):
        if trivial:
            assert end in (0.0, 1.0)
        else:
            assert mixture / likelihood(end) == pytest.approx(1 / (1 - confidence), rel=1e-6)


def test_widths_at_100_trials_and_nothing_known_at_0():
    low, high = confidence_sequence(np.array([0, 5, 50]), 100)
    assert high - low == pytest.approx([0.057, 0.149, 0.324], abs=6e-4)
    assert [float(end) for end in confidence_sequence(0, 0)] == [0.0, 1.0]


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.9])
def test_misses_under_looking_after_every_block(p):
    """1,000 runs, looked at after each of 40 blocks of 50: misses <= .05, allowing 3 errors of the simulation."""
    blocks = np.random.default_rng(1).binomial(50, p, size=(1000, 40)).cumsum(1)
    trials = 50 * np.arange(1, 41)
    low, high = confidence_sequence(blocks, trials)
    missed = ((p < low) | (p > high)).any(1).mean()
    assert missed <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)
    low, high = wilson(blocks, trials)
    assert ((p < low) | (p > high)).any(1).mean() > 0.1  # looking makes a fixed interval miss more than it says


def test_decided_means_that_the_share_is_outside():
    assert decided(np.array([50, 90, 10]), 100.0, 0.5).tolist() == [False, True, True]
    assert not decided(0.0, 0.0, 0.5)
