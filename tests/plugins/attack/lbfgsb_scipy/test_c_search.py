"""The search for c of one image, on a linear model of two classes, whose smallest distortion is known."""

import numpy as np
import pytest
import torch

from advspace import aims
from advspace_plugins.attack.goal import Goal
from advspace_plugins.attack.lbfgsb_scipy.c_search import Search
from advspace_plugins.attack.lbfgsb_scipy.objective import Objective
from advspace_plugins.attack.refusals import ALREADY, NO_SLOPE, OUT_OF_REACH

GOAL = Goal(aims(torch.tensor([0]), torch.tensor([1]), 2))
OPTIMUM = 0.2
"""The image leads by 0.4 along a direction of length 2."""


def search(**changed):
    settings = {"lowest": -np.full(4, 0.5), "highest": np.full(4, 0.5), "start": None, "growth": 10.0}
    settings |= {"bisection": "geometric", "epsilon": 0.01, "keep": "best", "warm": True, "options": {"maxiter": 200}}
    return Search(**settings | changed)


@pytest.fixture
def objective(linear):
    weight = torch.tensor([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    model = linear(weight, torch.tensor([-1.6, 0.0])).double()
    return Objective(model, torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64), GOAL)


@pytest.mark.parametrize("bisection", ["geometric", "linear"])
@pytest.mark.parametrize("warm", [True, False])
def test_it_comes_near_to_the_optimum(objective, bisection, warm):
    point, why = search(bisection=bisection, warm=warm, epsilon=1e-3).run(objective)
    assert why == ""
    assert OPTIMUM <= point.norm < 1.05 * OPTIMUM
    assert point.score > 0


@pytest.mark.parametrize("start", [1e-4, None, 1e4])
def test_it_finds_its_bracket_from_anywhere(objective, start):
    point, _ = search(start=start).run(objective)
    assert point.norm < 1.1 * OPTIMUM


def test_last_is_the_last_solve_and_lies_deeper_than_the_best(objective):
    best, last = (search(keep=keep, epsilon=0.3).run(objective)[0] for keep in ("best", "last"))
    assert last.norm >= best.norm
    assert last.score > 0


def test_a_tighter_search_has_a_larger_c(objective):
    coarse, fine = (search(keep="last", epsilon=epsilon).run(objective)[0].c for epsilon in (1.0, 0.01))
    assert fine >= coarse


@pytest.mark.parametrize(
    ("weight", "bias", "reason"),
    [
        (torch.zeros(2, 4), torch.tensor([0.0, 1.0]), ALREADY),
        (torch.zeros(2, 4), torch.tensor([1.0, 0.0]), NO_SLOPE),
        (torch.tensor([[1e-3] * 4, [0.0] * 4]), torch.tensor([1.0, 0.0]), OUT_OF_REACH),
    ],
)
def test_why_there_is_none(linear, weight, bias, reason):
    model = linear(weight, bias).double()
    made = Objective(model, torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64), GOAL)
    assert search().run(made) == (None, reason)
