"""Which images are in pairs, and what becomes of values beyond the ends."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp, ttest_ind

from advspace.comparison.attack_values import KEY
from advspace.comparison.pairing import differences

INF = float("inf")


def side(values, images="abcdefgh", targets=None, seed=0):
    size = len(values)
    keys = pd.DataFrame({"seed": seed, "image_id": list(images[:size]), "target": targets or [1] * size})
    return pd.DataFrame({"x": values}, index=pd.MultiIndex.from_frame(keys[KEY]))


def test_the_same_images_are_paired_in_any_order():
    first, second = side([1.0, 2.0, 4.0]), side([2.0, 2.5, 7.0]).iloc[::-1]
    (found,) = differences(first, second)
    assert (found.paired, found.images, found.other_images, found.unshared) == (True, 3, 3, 0)
    assert found.mean.mean == 1.5
    assert found.mean.interval() == pytest.approx(tuple(ttest_1samp([1, 0.5, 3], 0).confidence_interval()))
    assert found.sd == pytest.approx(np.std([1, 0.5, 3], ddof=1))


def test_an_images_targets_are_averaged_first():
    targets, images = [1, 2, 1], "aab"
    (found,) = differences(side([0.0, 0.0, 0.0], images, targets), side([1.0, 2.0, 4.0], images, targets))
    assert (found.images, found.attacks, found.mean.mean) == (2, 3, (1.5 + 4) / 2)


def test_images_of_one_side_alone_are_left_out_and_counted():
    (found,) = differences(side([1.0, 2.0, 3.0]), side([5.0, 4.0, 9.0], "bcd"))
    assert (found.paired, found.images, found.unshared) == (True, 2, 2)
    assert found.mean.mean == ((5 - 2) + (4 - 3)) / 2


@pytest.mark.parametrize("other", [{"images": "wxyz"}, {"images": "cxyz"}, {"targets": [2, 3, 2, 2]}, {"seed": 1}])
def test_runs_that_share_few_attacks_are_not_paired(other):
    one, two = [1.0, 2.0, 4.0], [2.0, 5.0, 7.0, 8.0]
    (found,) = differences(side(one), side(two, **other))
    assert (found.paired, found.images, found.other_images, found.unshared) == (False, 3, 4, 0)
    welch = ttest_ind(two, one, equal_var=False)
    assert found.mean.interval() == pytest.approx(tuple(welch.confidence_interval()))
    assert found.sd == pytest.approx(np.hypot(np.std(one, ddof=1), np.std(two, ddof=1)))


def test_one_value_beyond_the_end_counts_as_the_end_and_both_say_nothing():
    first, second = side([-1.0, 0.0, INF, -INF, INF]), side([INF, 0.5, INF, INF, 1.0])
    (found,) = differences(first, second, (-4, 4), (-2, 2))
    assert (found.images, found.censored, found.left_out, found.attacks) == (4, 3, 1, 5)
    assert found.mean.mean == ((2 + 1) + 0.5 + 4 + (1 - 2)) / 4
    assert found.beyond == 0.8


def test_where_all_lie_beyond_the_same_end_there_is_no_difference():
    everywhere = side([INF, INF])
    for second, paired in ((side([INF, INF]), True), (side([INF, INF], "xy"), False)):
        (found,) = differences(everywhere, second, (-4, 4), (-2, 2))
        assert (found.mean, found.paired, found.censored, found.beyond) == (None, paired, 0, 1.0)


def test_a_value_that_is_not_known_is_left_out_and_counted():
    known, unknown = side([1.0, 2.0, 4.0]), side([1.5, float("nan"), 5.0])
    (found,) = differences(known, unknown)
    assert (found.images, found.left_out, found.mean.mean) == (2, 1, 0.75)
    (found,) = differences(known, side([1.5, float("nan"), 5.0], "xyz"))
    assert (found.other_images, found.left_out) == (2, 1)


def test_one_image_has_no_interval_but_its_bounds():
    (found,) = differences(side([1.0]), side([1.5]), (-2, 2), (-2, 2))
    low, high = found.mean.interval()
    assert -2 < low < -1.9
    assert 1.9 < high < 2
    assert np.isnan(found.sd)


def test_no_attack_at_all_is_no_difference():
    (found,) = differences(side([1.0]), side([]))
    assert (found.mean, found.images, found.other_images, found.beyond) == (None, 1, 0, 0.0)
