"""The last scale at a level: closed forms, censoring, curves that rise again, and coverage on simulated draws."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from advspace.statistics.persistence import persistence, persistence_interval, simultaneous_band

SCALES = 2.0 ** np.arange(-5, 6)
LEVELS = (0.5, 0.7, 0.9)


@pytest.mark.parametrize("level", LEVELS[1:])
@pytest.mark.parametrize("distance", [0.1, 0.3, 1.0])
def test_half_space_has_a_closed_form(level, distance):
    reach = persistence(SCALES, ndtr(distance / SCALES)[None], level)
    assert reach.censored.tolist() == [""]
    assert reach.scale[0] == pytest.approx(distance / ndtri(level), rel=0.04)


def test_a_curve_that_rises_again_counts_up_to_its_last_fall():
    shares = np.array([[1, 0.2, 1, 0.2], [1, 0.2, 0.1, 0.1]])
    reach = persistence(np.array([0.5, 1, 2, 4]), shares, 0.5)
    assert 2 < reach.scale[0] < 4
    assert 0.5 < reach.scale[1] < 1


def test_beyond_an_end_of_the_ladder():
    shares = np.array([[0.9, 0.9], [0.1, 0.1], [0.1, 0.5]])
    reach = persistence(np.array([1.0, 2.0]), shares, 0.5)
    assert reach.censored.tolist() == ["above", "below", "above"]
    assert reach.scale.tolist() == [2, 1, 2]
    assert reach.order.tolist() == [np.inf, -np.inf, np.inf]


def test_one_scale_is_always_censored():
    reach = persistence(np.array([1.0]), np.array([[0.9], [0.1]]), 0.5)
    assert reach.censored.tolist() == ["above", "below"]


def test_a_step_that_says_nothing_is_the_interval():
    """All probes at scale 1, none at scale 2: half are lost somewhere between them."""
    kept, scales = np.array([[100.0, 100, 0, 0]]), np.array([0.5, 1, 2, 4])
    low, high = persistence_interval(scales, kept / 100, *simultaneous_band(kept, np.full_like(kept, 100)), 0.5)
    assert (low.scale[0], high.scale[0]) == (1, 2)
    assert (low.censored[0], high.censored[0]) == ("", "")


def test_band_holds_the_whole_curve():
    truth = ndtr(0.3 / SCALES)
    kept = np.random.default_rng(0).binomial(100, truth, (2000, 11)).astype(float)
    low, high = simultaneous_band(kept, np.full_like(kept, 100))
    assert ((low <= truth) & (truth <= high)).all(1).mean() >= 0.95


@pytest.mark.parametrize("draws", [100, 1000])
@pytest.mark.parametrize("level", LEVELS)
def test_intervals_hold_the_truth_where_scales_share_their_draws(draws, level):
    """A ball in 8 dimensions: half are lost at a scale within the ladder."""
    generator = np.random.default_rng(0)
    fine = np.geomspace(SCALES[0], SCALES[-1], 2001)
    exact = np.mean(_ball(generator, 20_000, fine), 1)
    truth = fine[np.flatnonzero(exact >= level)[-1]]
    kept = np.stack([_ball(generator, draws, SCALES).sum(1) for _ in range(200)]).astype(float)
    low, high = persistence_interval(SCALES, kept / draws, *simultaneous_band(kept, np.full_like(kept, draws)), level)
    assert ((low.order <= truth * 1.02) & (truth * 0.98 <= high.order)).mean() >= 0.95


def _ball(generator, draws, sigma):
    along, rest = generator.standard_normal(draws), generator.chisquare(7, draws)
    return np.stack([(9.5 + s * along) ** 2 + s**2 * rest < 100 for s in sigma])
