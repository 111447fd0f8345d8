"""c ||D||^2 + cross-entropy, its gradient by finite differences, and what is remembered."""

import numpy as np
import pytest
import torch
from scipy.optimize import check_grad
from torch import nn

from advspace import aims
from advspace_plugins.attack.goal import Goal
from advspace_plugins.attack.lbfgsb_scipy.objective import NotFiniteError, Objective

GOAL = Goal(aims(torch.tensor([0]), torch.tensor([1]), 3))


@pytest.fixture
def objective(linear, generator):
    model = nn.Sequential(linear(torch.randn(3, 4, generator=generator)), nn.Tanh()).double()
    return Objective(model, torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64), GOAL)


@pytest.mark.parametrize("c", [0.0, 0.3, 50.0])
def test_the_gradient_is_that_of_the_value(objective, c):
    value = objective.weighted(c)
    for seed in range(3):
        point = np.random.default_rng(seed).normal(size=4)
        assert check_grad(lambda x: value(x)[0], lambda x: value(x)[1], point) < 1e-5 * max(1.0, c)


def test_the_value_is_the_weighted_square_and_the_cross_entropy(objective):
    distortion = np.array([0.1, -0.2, 0.3, 0.0])
    value, _ = objective.weighted(2.0)(distortion)
    logits = objective.model(objective.image + torch.from_numpy(distortion).reshape(1, 1, 2, 2))
    entropy = nn.functional.cross_entropy(logits, torch.tensor([1])).item()
    assert value == pytest.approx(2 * 0.14 + entropy)


def test_the_smallest_success_is_remembered_with_its_c(linear):
    model = linear(torch.eye(3, 4)).double()
    objective = Objective(model, torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64), GOAL)
    for c, second in ((1.0, -0.3), (2.0, 0.4), (3.0, 0.2), (4.0, 0.3)):
        objective.query(np.array([0.0, second, 0.0, 0.0]), c)
    assert (objective.best.c, objective.best.norm) == (3.0, pytest.approx(0.2))
    assert objective.best.score == pytest.approx(0.2)
    assert objective.evaluations == 4


def test_what_is_no_number_ends_the_search(linear):
    model = linear(torch.full((3, 4), torch.nan)).double()
    with pytest.raises(NotFiniteError):
        Objective(model, torch.zeros(1, 1, 2, 2, dtype=torch.float64), GOAL).query(np.zeros(4), 0.0)
