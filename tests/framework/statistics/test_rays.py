"""Counts of rays: exits, re-entries, and pairs of mirror images."""

import numpy as np

from advspace.statistics.rays import Rays

KEPT = np.array(
    [
        [1, 1, 1],  # never out
        [1, 0, 0],  # out at the second scale
        [1, 0, 1],  # comes back
        [0, 1, 0],  # comes back, and is lost again
    ],
    dtype=bool,
)


def test_exits_and_re_entries():
    rays = Rays.of(KEPT, pairs=False)
    assert rays.draws == rays.units == 4
    assert not rays.paired
    assert rays.kept.tolist() == [3, 2, 2]
    assert rays.exits.tolist() == [1, 2, 0, 1]
    assert (rays.returning, rays.lost_twice) == (2, 1)


def test_pairs():
    rays = Rays.of(KEPT, pairs=True)
    assert rays.paired
    assert rays.units == 2
    assert rays.both.tolist() == [1, 0, 0]
    assert rays.neither.tolist() == [0, 0, 0]
    assert (rays.returning, rays.lost_twice) == (1, 1)  # both in one pair


def test_a_ray_without_its_mirror_image_is_left_out():
    assert Rays.of(KEPT[:3], pairs=True).draws == 2


def test_one_scale():
    rays = Rays.of(KEPT[:, :1], pairs=False)
    assert rays.exits.tolist() == [1, 3]
    assert rays.returning == 0
