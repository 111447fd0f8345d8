"""The class that an attack aims at, against the exact nearest one of linear models."""

import pytest
import torch
from torch import nn

from advspace import UNTARGETED, Problem, aims
from advspace.model.contract import freeze
from advspace_plugins.attack.goal import Aim
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb.nearest_class import most_classes, settle
from advspace_plugins.attack.linear_exact.attack import LinearExact
from advspace_plugins.attack.queries import Queries


def settled(model, images, steps=0, most=10):
    label = model(images).argmax(1)
    goal = Aim("min_norm", 0.9)(model, images, label, torch.full_like(label, UNTARGETED))
    queries = Queries(model, images, goal)
    settle(queries, torch.arange(len(images)), most, steps, 3.0)
    return queries, label


@pytest.fixture
def model(linear, generator):
    return linear(torch.randn(10, 64, generator=generator) / 5, torch.randn(10, generator=generator) / 5)


@pytest.fixture
def images(generator):
    """Images with many pixels on the box."""
    return torch.rand(16, 1, 8, 8, generator=generator).pow(4)


def test_it_is_the_exact_nearest_class_of_a_linear_model(model, images):
    queries, label = settled(model, images)
    exact = torch.stack(
        [
            (LinearExact(margin=1e-6)(model, images, label, torch.full_like(label, target)).image - images)
            .flatten(1)
            .norm(dim=1)
            for target in range(10)
        ],
        1,
    )
    exact = exact.masked_fill(aims(label, label, 10), torch.inf).nan_to_num(torch.inf)
    assert (queries.goal.pulled.sum(1) == 1).all()
    assert (queries.goal.pulled.int().argmax(1) == exact.argmin(1)).all()
    assert (queries.evaluations == 10).all()


def test_a_class_with_much_logit_and_a_flat_slope_is_left_for_the_nearest_one():
    """The second class has more logit, but its boundary is at 1.0 from the image, that of the third at 0.3."""
    layer = nn.Linear(2, 3)
    layer.weight.data, layer.bias.data = (
        torch.tensor([[0.0, 0.0], [0.1, 0.0], [0.0, 1.0]]),
        torch.tensor([0.2, 0.05, -0.2]),
    )
    model = freeze(nn.Sequential(nn.Flatten(), layer))
    image = torch.tensor([0.5, 0.1]).reshape(1, 1, 1, 2).repeat(4, 1, 1, 1)
    queries, _ = settled(model, image)
    assert queries.goal.pulled[0].tolist() == [False, False, True]


def test_the_walk_corrects_the_linearised_order():
    """The boundary of the second class seems nearer at the image, and then bends away."""

    class Bent(nn.Module):
        def forward(self, image):
            x, y = image.flatten(1).sub(0.5).unbind(1)
            return torch.stack([torch.full_like(x, 0.2), x.clamp(max=0.1) + 0.1 * x, y], 1) * 8

    image = torch.full((4, 1, 1, 2), 0.5)
    assert settled(Bent(), image)[0].goal.pulled[0].tolist() == [False, True, False]
    assert settled(Bent(), image, steps=20)[0].goal.pulled[0].tolist() == [False, False, True]


def test_few_gradients_leave_the_goal_as_it_is(model, images):
    queries, _ = settled(model, images, most=most_classes(9))
    assert (queries.goal.pulled.sum(1) == 9).all()
    assert [most_classes(limit) for limit in (None, 9, 10, 30, 100)] == [10, 0, 2, 6, 10]


def test_alone_or_in_a_batch(model, images):
    label = model(images).argmax(1)
    free = torch.full_like(label, UNTARGETED)
    together = LBFGSB()(model, images, label, free).image
    for row in (0, 7):
        part = slice(row, row + 1)
        assert torch.equal(LBFGSB()(model, images[part], label[part], free[part]).image, together[part])


def test_targets_and_free_images_in_one_batch(model, images):
    label = model(images).argmax(1)
    target = torch.where(torch.arange(16) < 8, (label + 1) % 10, UNTARGETED)
    together = LBFGSB()(model, images, label, target).image
    alone = LBFGSB()(model, images[8:], label[8:], target[8:]).image
    assert torch.equal(together[8:], alone)
    problem = Problem(model, images, label, target)
    assert (LBFGSB().score_at(problem)(together) > 0).all()
