"""What the model is asked and answers, on a linear model; the best answer is kept."""

from typing import ClassVar

import pytest
import torch
from torch import nn
from torch.nn import functional

from advspace import aims
from advspace.forward.prepare import prepare
from advspace.model.contract import freeze
from advspace_plugins.attack.goal import Goal
from advspace_plugins.attack.queries import Queries

WEIGHT = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
LABEL, TARGET = torch.tensor([0, 0, 0]), torch.tensor([1, 1, 1])


@pytest.fixture
def queries(linear):
    """Three images that lead by 0.4 for the wrong class."""
    image = torch.tensor([0.6, 0.2, 0.5, 0.5]).reshape(1, 1, 2, 2).expand(3, 1, 2, 2)
    return Queries(linear(WEIGHT), image, Goal(aims(LABEL, TARGET, 2)))


def distortions(*second):
    """The second pixel is brighter by so much."""
    return torch.tensor([[0.0, each, 0.0, 0.0] for each in second])


def test_loss_gradient_and_score_are_those_of_the_cross_entropy(queries):
    rows = torch.tensor([2, 0])
    answer = queries.ask(distortions(0.1, 0.7), rows, scale=3.0)
    logits = torch.tensor([[0.6, 0.3], [0.6, 0.9]])
    torch.testing.assert_close(answer.loss, functional.cross_entropy(3 * logits, TARGET[:2], reduction="none"))
    torch.testing.assert_close(answer.score, torch.tensor([-0.3, 0.3]))
    slope = 3 * (logits.mul(3).softmax(1) - torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(answer.gradient[:, :2], slope)
    assert not answer.gradient[:, 2:].any()
    assert queries.evaluations.tolist() == [1, 0, 1]


def test_the_smallest_distortion_that_reaches_the_goal_is_kept(queries):
    for step in (0.3, 0.7, 0.5, 0.9):
        queries.ask(distortions(step), torch.tensor([1]))
    assert queries.norm.tolist() == [float("inf"), 0.5, float("inf")]
    torch.testing.assert_close(queries.best[1], distortions(0.5)[0])
    assert queries.best[[0, 2]].isnan().all()


def test_a_tie_is_no_success(queries):
    queries.ask(distortions(0.4), torch.tensor([0]))
    assert queries.best.isnan().all()


def test_questions_that_keep_the_batch_whole_do_not_count(queries):
    queries.ask(distortions(0.5, 0.6), torch.tensor([0, 1]), asked=torch.tensor([True, False]))
    assert queries.evaluations.tolist() == [1, 0, 0]
    assert queries.norm[1] == float("inf")


def test_an_answer_that_is_no_number_is_seen(linear):
    image = torch.full((1, 1, 2, 2), 0.5)
    asked = Queries(linear(torch.full((2, 4), torch.nan)), image, Goal(aims(LABEL[:1], TARGET[:1], 2)))
    assert not asked.ask(torch.zeros(1, 4), torch.tensor([0])).finite.any()


def test_scores_cost_nothing_and_slopes_a_gradient(queries):
    point = queries.image + distortions(0.5, 0.5, 0.5).reshape(3, 1, 2, 2)
    torch.testing.assert_close(queries.score_at(point), torch.full((3,), 0.1))
    assert queries.evaluations.tolist() == [0, 0, 0]
    slope = queries.slope_at(point).flatten(1)
    assert slope.tolist() == [[-1.0, 1.0, 0.0, 0.0]] * 3
    assert queries.evaluations.tolist() == [1, 1, 1]
    assert queries.best.isnan().all()


def test_only_queries_that_count_reach_a_network_that_takes_few(generator):
    """Of four rows one is finished and one is a copy that fills the batch; the answers are those to all four."""

    class Seen(nn.Identity):
        rows: ClassVar[list[int]] = []

        def forward(self, image):
            self.rows.append(len(image))
            return image

    with torch.random.fork_rng():
        torch.manual_seed(0)
        layers = Seen(), nn.Flatten(), nn.Linear(9, 4), nn.ReLU(), nn.Linear(4, 3)
    model = freeze(nn.Sequential(*layers))
    image = torch.rand(3, 1, 3, 3, generator=generator)
    rows, asked = torch.tensor([2, 0, 1, 2]), torch.tensor([True, True, False, True])
    distortion = 0.1 * torch.rand(4, 9, generator=generator)
    distortion[3] = distortion[0]
    goal = Goal(aims(LABEL, TARGET, 3))
    few = Queries(prepare(model, (1, 3, 3), torch.device("cpu")).network, image, goal)
    assert few.least == 1
    few.model[0].rows.clear()
    one, all_four = few.ask(distortion, rows, 1.0, asked), Queries(model, image, goal).ask(distortion, rows, 1.0, asked)
    assert few.model[0].rows == [2, 4]
    for got, wanted in zip(one, all_four, strict=True):
        torch.testing.assert_close(got[[0, 1, 3]], wanted[[0, 1, 3]], rtol=1e-5, atol=1e-7)
    assert few.evaluations.tolist() == [1, 0, 1]
