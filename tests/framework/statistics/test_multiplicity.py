"""Holm's adjustment against the definition it is a shortcut of."""

from itertools import combinations

import numpy as np
import pytest

from advspace.statistics.multiplicity import holm


def closed(p_values):
    """Adjusted by closed testing: an hypothesis falls with each intersection that holds it, by Bonferroni."""
    every = range(len(p_values))
    sets = [each for size in range(1, len(p_values) + 1) for each in combinations(every, size)]
    return [max(min(1.0, len(s) * min(p_values[i] for i in s)) for s in sets if one in s) for one in every]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_closed_testing_with_bonferroni(seed):
    p_values = np.random.default_rng(seed).random(6) ** 3
    assert holm(p_values).tolist() == pytest.approx(closed(p_values))


def test_what_is_no_test_does_not_count():
    adjusted = holm(np.array([0.01, np.nan, 0.04]))
    assert np.isnan(adjusted[1])
    assert adjusted[[0, 2]].tolist() == [0.02, 0.04]
    assert holm(np.array([])).tolist() == []
