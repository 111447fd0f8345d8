"""Shapes told by exact bounds, on regions whose shape is known."""

import numpy as np
import pytest
from lab_rays import SCALES, lab_rays
from scipy.special import ndtr

from advspace.statistics.rays import Rays
from advspace.statistics.shape import shape_of, share_bounds
from advspace_plugins.model.lab.model import Lab

NEAREST = 1e-3 / SCALES
"""A tight center, in units of the distortion's deviation."""
REGIONS = {
    "flat": [Lab()],
    "closing": [
        Lab(region="ball"),
        Lab(region="ball", size=100.0),
        Lab(region="cylinder"),
        Lab(region="slab"),
        Lab(region="wedge"),
        Lab(region="corner"),
    ],
    "non-convex": [
        Lab(region="outside"),
        Lab(region="outside", size=100.0),
        Lab(region="stripes"),
        Lab(region="ring"),
        Lab(region="corner", angle=240.0),
    ],
}
CASES = [(shape, lab) for shape, labs in REGIONS.items() for lab in labs]


def told(lab, draws, repeats, nearest=NEAREST, **given):
    return [shape_of(rays, nearest).kind for rays in lab_rays(lab, draws, repeats, **given)[0]]


@pytest.mark.parametrize(("shape", "lab"), CASES)
def test_a_thousand_draws_in_pairs_tell_the_shape(shape, lab):
    assert told(lab, 1000, 10) == [shape] * 10


@pytest.mark.parametrize(("shape", "lab"), CASES)
def test_a_hundred_draws_in_pairs_tell_nothing_wrong(shape, lab):
    answers = told(lab, 100, 20)
    assert set(answers) <= {shape, "cannot tell"}
    if shape != "non-convex":
        assert answers.count(shape) >= 18


@pytest.mark.parametrize(("shape", "lab"), CASES)
@pytest.mark.parametrize("pairs", [True, False])
def test_deep_centers_tell_nothing_wrong(shape, lab, pairs):
    """5 % beyond the boundary; the depth is known."""
    nearest = 0.4 / SCALES
    assert set(told(lab, 100, 10, nearest, depth=0.05, pairs=pairs)) <= {shape, "cannot tell"}


def test_without_pairs_a_thousand_draws_tell_what_closes():
    assert told(Lab(region="ball"), 1000, 5, pairs=False) == ["closing"] * 5


@pytest.mark.parametrize("pairs", [True, False])
@pytest.mark.parametrize("region", ["half_space", "ball", "outside", "slab"])
def test_bounds_of_the_share_hold(pairs, region):
    """Nominal: each end misses in at most 5 %; 100 repeats x 11 scales, which share draws."""
    rays, exact = lab_rays(Lab(region=region), 100, 100, depth=0.05, pairs=pairs)
    bounds = [share_bounds(each, 0.05) for each in rays]
    assert np.mean([exact < bound.low for bound in bounds], 0).max() <= 0.12
    assert np.mean([exact > bound.high for bound in bounds], 0).max() <= 0.12


def rays_of(kept, draws=100, *, pairs=False):
    return Rays.of(np.broadcast_to(np.asarray(kept, bool), (draws, len(kept))), pairs=pairs)


@pytest.mark.parametrize("pairs", [True, False])
def test_all_kept_on_a_deep_center_says_nothing(pairs):
    assert shape_of(rays_of([1, 1, 1], pairs=pairs), np.array([40.0, 20.0, 10.0])).kind == "cannot tell"


def test_all_kept_although_the_boundary_is_near_is_not_convex():
    assert shape_of(rays_of([1, 1, 1]), np.array([0.4, 0.2, 0.1])).kind == "non-convex"


@pytest.mark.parametrize("pairs", [True, False])
def test_none_kept_is_closing(pairs):
    assert shape_of(rays_of([0, 0], pairs=pairs), np.array([0.1, 0.05])).kind == "closing"


@pytest.mark.parametrize("pairs", [True, False])
def test_one_scale_and_one_pair_say_nothing(pairs):
    kept = np.array([[True], [False]])
    assert shape_of(Rays.of(kept, pairs=pairs), np.array([0.1])).kind == "cannot tell"


def test_no_draws_say_nothing():
    assert shape_of(Rays.of(np.zeros((0, 2), bool), pairs=False), np.array([0.1, 0.05])).kind == "cannot tell"


def test_a_flat_boundary_keeps_one_of_each_pair():
    kept = np.tile([[True] * 3, [False] * 3], (50, 1))
    assert shape_of(Rays.of(kept, pairs=True), np.full(3, 1e-3)).kind == "flat"
    assert float(ndtr(0.0)) == kept.mean()
