"""How hard the engine tries, and what it does with images that are ruled out."""

from dataclasses import replace

import pytest
import torch

from advspace import aims
from advspace.progress.ticks import listening
from advspace_plugins.attack.goal import Goal
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb.engine import Effort, run
from advspace_plugins.attack.lbfgsb.solver import Lbfgsb
from advspace_plugins.attack.queries import Queries
from advspace_plugins.attack.refusals import ALREADY

EFFORT = Effort(
    explore=40, epsilon=0.05, searching=1e-2, final=1e-4, memory=8, iterations=100, logit_scale=1.0, gradients=None
)


@pytest.mark.parametrize(("gradients", "steps"), [(None, 40), (1000, 40), (62, 40), (26, 18), (3, 0), (2, 0)])
def test_exploration_leaves_a_quarter_of_the_gradients_to_the_search(gradients, steps):
    assert replace(EFFORT, gradients=gradients).steps() == steps


@pytest.mark.parametrize(
    ("gradients", "reserved", "steps"), [(None, 12, 40), (202, 0, 165), (102, 12, 66), (10, 12, 0)]
)
def test_exploration_without_a_number_takes_all_that_the_search_does_not_need(gradients, reserved, steps):
    assert replace(EFFORT, explore=None, gradients=gradients).steps(reserved) == steps


def test_exploration_is_half_way_to_a_large_scale():
    assert replace(EFFORT, logit_scale=100.0).first_scale == 10.0
    assert replace(EFFORT, logit_scale=100.0, explore=0).first_scale == 100.0


@pytest.fixture
def queries(linear):
    """Four images of two pixels; the third is of the wanted class already."""
    image = torch.tensor([[0.6, 0.4], [0.7, 0.3], [0.2, 0.8], [0.9, 0.1]]).reshape(4, 1, 1, 2)
    label = torch.zeros(4, dtype=torch.int64)
    return Queries(linear(torch.eye(2)), image, Goal(aims(label, label + 1, 2)))


def test_images_left_out_are_not_asked_about_and_those_ruled_out_cost_one_gradient(queries):
    """The boundary is where both pixels are equal: half the lead over the root of two."""
    reasons = ["", "refused before", "", ""]
    ticked = []
    with listening(lambda stage, count: ticked.append((stage, count))):
        c = run(queries, EFFORT, torch.tensor([0, 2, 3]), reasons)
    assert reasons == ["", "refused before", ALREADY, ""]
    assert c.isnan().tolist() == [False, True, True, False]
    assert queries.evaluations.tolist()[1:3] == [0, 1]
    exact = torch.tensor([0.2, 0.8]) / 2**0.5
    assert (queries.norm[[0, 3]] >= exact).all()
    assert (queries.norm[[0, 3]] <= 1.01 * exact).all()
    assert sum(count for _, count in ticked) == 2


def test_no_solve_takes_more_steps_than_allowed(batch, monkeypatch):
    """The last one did, as long as each of its steps was accepted at once."""
    model, image, label, target = batch
    update, steps = Lbfgsb.update, []

    def watched(self, value, gradient):
        ended = update(self, value, gradient)
        steps.append(int(self.iterations.max()))
        return ended

    monkeypatch.setattr(Lbfgsb, "update", watched)
    attack = LBFGSB(explore=0, searching=1.0, final=1e-9, iterations=3)
    for row in range(12):
        assert attack(model, image[[row]], label[[row]], target[[row]]).success.all()
    assert max(steps) == 3


def test_no_image_is_no_work(queries):
    assert run(queries, EFFORT, torch.tensor([], dtype=torch.int64), [""] * 4).isnan().all()
    assert not queries.evaluations.any()
