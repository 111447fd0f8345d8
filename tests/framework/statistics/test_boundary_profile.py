"""Coverage, bias and tests on regions whose distance, curvature and corner are known; all scales share their draws.

A draw is simulated by its part towards the boundary and the length of the rest; see benchmarks/half_space.py for more.
"""

import numpy as np
import pytest

from advspace.statistics.boundary_profile import NAMES, boundary_profiles, informative_scales
from advspace.statistics.shared_draws import covariance_of_joint, covariance_of_pairs

REPEATS, DRAWS, DIMENSION, DEPTH, RADIUS = 300, 1000, 64, 0.05, 10.0
SIGMA = 2.0 ** np.arange(-5, 6)[:, None] / 8
RNG = np.random.default_rng


def half_space(generator, draws):
    return SIGMA * generator.standard_normal(draws) < DEPTH


def ball(generator, draws, dimension=DIMENSION):
    along, rest = generator.standard_normal(draws), generator.chisquare(dimension - 1, draws)
    return (RADIUS - DEPTH + SIGMA * along) ** 2 + SIGMA**2 * rest < RADIUS**2


def cylinder(generator, draws):
    return ball(generator, draws, 8)


def outside(generator, draws):
    along, rest = generator.standard_normal(draws), generator.chisquare(DIMENSION - 1, draws)
    return (RADIUS + DEPTH + SIGMA * along) ** 2 + SIGMA**2 * rest > RADIUS**2


def corner(generator, draws):
    """60 degrees, met at its tip: every draw is kept at all scales or at none."""
    first, second = generator.standard_normal((2, draws))
    return np.tile(first > np.sqrt(3) * np.abs(second), (len(SIGMA), 1))


def slab(generator, draws):
    along = SIGMA * generator.standard_normal(draws)
    return (along < DEPTH) & (along > -1)


def ring(generator, draws):
    first, second = generator.standard_normal((2, draws))
    square = (1 + DEPTH + SIGMA * first) ** 2 + (SIGMA * second) ** 2
    return (square > 1) & (square < 4)


def stripes(generator, draws):
    beyond = np.abs(1 + DEPTH - SIGMA * generator.standard_normal(draws)) - 1
    return (beyond > 0) & (np.mod(beyond, 1) < 0.5)


def profiles(region, repeats=REPEATS, draws=DRAWS, seed=0):
    generator = RNG(seed)
    each = np.stack([region(generator, draws) for _ in range(repeats)])
    joint = np.stack([kept.astype(float) @ kept.T for kept in each])
    counts = each.sum(2, dtype=float)
    covariance = covariance_of_joint(joint, np.full(repeats, float(draws)))
    return boundary_profiles(np.tile(SIGMA[:, 0], (repeats, 1)), counts, np.full_like(counts, draws), covariance)


TRUTHS = {
    half_space: (DEPTH, 0.0, 0.0),
    ball: (DEPTH, 0.0, (DIMENSION - 1) / (2 * RADIUS)),
    cylinder: (DEPTH, 0.0, 7 / (2 * RADIUS)),
    outside: (DEPTH, 0.0, -(DIMENSION - 1) / (2 * RADIUS)),
}


@pytest.mark.parametrize("region", TRUTHS)
def test_intervals_hold_the_truth_and_the_mean_is_right(region):
    result = profiles(region)
    for column, name in enumerate(NAMES):
        low, high = result.interval(name)
        truth = TRUTHS[region][column]
        assert 0.92 <= ((low <= truth) & (truth <= high)).mean() <= 0.99  # standard error .013
        error = result.values[:, column].std() / REPEATS**0.5
        assert abs(result.values[:, column].mean() - truth) < 0.02 * abs(truth) + 3 * error


def test_level_and_power_of_the_tests():
    flat, round_ = profiles(half_space), profiles(ball)
    assert (flat.p_zero("kappa") < 0.05).mean() <= 0.08
    assert (round_.p_zero("kappa") < 0.05).mean() == 1
    assert (round_.p_zero("c0") < 0.05).mean() <= 0.08
    assert all((each.misfit < 0.05).mean() <= 0.09 for each in (flat, round_))


@pytest.mark.parametrize(("region", "power"), [(slab, 1.0), (ring, 1.0), (stripes, 0.3)])
def test_regions_of_another_form_are_noticed(region, power):
    assert (profiles(region, 100).misfit < 0.05).mean() >= power


def test_tip_of_a_corner_has_a_share_and_no_distance_or_curvature():
    """No draw changes its class between the scales: the intervals are those of one draw that does."""
    result = profiles(corner)
    low, high = result.interval("c0")
    truth = -0.9674  # Phi^-1(1/6)
    assert 0.92 <= ((low <= truth) & (truth <= high)).mean() <= 0.99
    for name in ("m", "kappa"):
        low, high = result.interval(name)
        assert ((low < 0) & (high > 0)).all()
    assert (result.p_zero("kappa") > 0.9).all()
    assert (result.misfit == 1).all()


def test_few_draws_at_a_flat_boundary_keep_their_coverage():
    """With 100 draws few change their class between large scales; without the unseen draw coverage is .89."""
    result = profiles(half_space, draws=100)
    low, high = result.interval("kappa")
    assert ((low <= 0) & (high >= 0)).mean() >= 0.93


def test_pairs_of_mirror_images_are_clusters():
    generator, widths = RNG(0), []
    half = generator.standard_normal((REPEATS, 1, 500))
    paired = np.stack([half, -half], 3).reshape(REPEATS, 1, DRAWS) * SIGMA < DEPTH
    counts = paired.sum(2, dtype=float)
    covariance = np.stack([covariance_of_pairs(kept) for kept in paired])
    result = boundary_profiles(np.tile(SIGMA[:, 0], (REPEATS, 1)), counts, np.full_like(counts, DRAWS), covariance)
    for name, truth in zip(NAMES, TRUTHS[half_space], strict=True):
        low, high = result.interval(name)
        widths.append(np.median(high - low))
        assert 0.92 <= ((low <= truth) & (truth <= high)).mean() <= 0.99
    low, high = profiles(half_space).interval("c0")
    assert widths[NAMES.index("c0")] < 0.6 * np.median(high - low)


def test_without_enough_scales_there_is_no_fit_and_without_covariance_no_errors():
    counts = np.array([[0.0, 50, 40, 0], [10, 50, 40, 0], [100, 100, 100, 100]])
    trials = np.full_like(counts, 100)
    sigma = np.tile([0.5, 1.0, 2.0, 4.0], (3, 1))
    assert informative_scales(counts, trials).tolist() == [2, 3, 0]
    result = boundary_profiles(sigma, counts, trials, None)
    assert np.isnan(result.values).all(1).tolist() == [True, False, True]
    assert np.isnan(result.errors).all()
    assert np.isnan(result.misfit).all()
    none = boundary_profiles(sigma[2:], counts[2:], trials[2:], None)
    assert np.isnan(none.values).all()
