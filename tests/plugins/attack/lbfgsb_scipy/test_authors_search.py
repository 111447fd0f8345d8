"""The authors' search for c on a linear model of two classes, whose largest c that succeeds is known.

The image leads by 0.4 along a direction of length 2, so the boundary is 0.2 away.  There the loss falls by 2 / 2 per
length, and c ||D||^2 grows by 2 c 0.2.  So the attack succeeds if c is below 2.5, in pixels.
"""

import numpy as np
import pytest
import torch

from advspace import aims
from advspace_plugins.attack.goal import Goal
from advspace_plugins.attack.lbfgsb_scipy.authors_search import AuthorsSearch
from advspace_plugins.attack.lbfgsb_scipy.objective import Objective
from advspace_plugins.attack.refusals import ALREADY

OPTIONS = {"maxcor": 15, "maxfun": 150, "ftol": 1e-12, "gtol": 1e-9}


def search(start, *, off_by_one, unit=1.0):
    ends = np.full(4, 0.5)
    return AuthorsSearch(-ends, ends, 0, unit, start * unit**2, 10.0, 0.1, off_by_one, OPTIONS)


@pytest.fixture
def objective(linear):
    model = linear(torch.tensor([[1.0] * 4, [0.0] * 4]), torch.tensor([-1.6, 0.0])).double()
    goal = Goal(aims(torch.tensor([0]), torch.tensor([1]), 2))
    return Objective(model, torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64), goal)


@pytest.mark.parametrize("unit", [1.0, 0.3])
@pytest.mark.parametrize(
    ("start", "own", "published"),
    [(0.013, 2.4375, 1.625), (0.016, 2.0, 2.0), (0.022, 1.375, 0.0), (50.0, 0.0, 0.0)],
)
def test_the_c_of_the_last_solve(objective, start, own, published, unit):
    """13, 6.5 and 3.25 fail, 1.625 and 2.4375 succeed; of 16, 2 succeeds and 3 fails; of 22, only the last succeeds."""
    for off_by_one, c in ((False, own), (True, published)):
        point, reason = search(start, off_by_one=off_by_one, unit=unit).run(objective)
        assert reason == ""
        assert point.c == pytest.approx(c)
        if c:
            slope = 1 / (1 + np.exp(2 * point.norm - 0.4)) * 2
            assert 2 * c * point.norm == pytest.approx(slope, rel=1e-4)
        else:
            assert point.norm == pytest.approx(1.0)


def test_a_clean_image_that_reaches_the_goal_is_refused(linear):
    model = linear(torch.tensor([[0.0] * 4, [1.0] * 4])).double()
    goal = Goal(aims(torch.tensor([0]), torch.tensor([1]), 2))
    made = Objective(model, torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64), goal)
    assert search(0.01, off_by_one=True).run(made) == (None, ALREADY)
