"""The batched attack against scipy's one by one, against the exact optimum, and against itself in other company."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from scipy.optimize import Bounds, minimize
from test_lbfgsb_scipy import Flat, NaNOnTheWay, Unreachable
from torch import nn

from advspace import AdvspaceError
from advspace.attack import verified
from advspace.box import inside
from advspace.model import freeze
from advspace_plugins.attack.engine import evaluator
from advspace_plugins.attack.lbfgsb import LBFGSB
from advspace_plugins.attack.lbfgsb_scipy import LBFGSBScipy
from advspace_plugins.attack.linear_exact import LinearExact
from advspace_plugins.attack.objective import Objective
from advspace_plugins.attack.solver import Precision, minimise


def norms(made, images):
    return (made.image - images).flatten(1).norm(dim=1)


@pytest.fixture(params=["linear", "deep"])
def batch(request, linear, generator):
    """A model, and images with targets, many of their pixels on the box."""
    if request.param == "linear":
        model = linear(torch.randn(10, 64, generator=generator), torch.randn(10, generator=generator))
    else:
        with torch.random.fork_rng():
            torch.manual_seed(3)
            layers = nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 32), nn.Tanh()
            model = freeze(nn.Sequential(*layers, nn.Linear(32, 10)))
            model[-1].weight.mul_(8)
    images = torch.rand(24, 1, 8, 8, generator=generator).sub(0.3).clamp(0, 1)
    label = model(images).argmax(1)
    return model, images, label, model(images).scatter(1, label[:, None], -torch.inf).argmax(1)


def test_as_close_as_scipy_with_fewer_gradients(batch):
    model, images, label, target = batch
    ours = verified(LBFGSB(stop="tight", tolerance=1e-4)(model, images, label, target), model, target)
    theirs = verified(LBFGSBScipy(stop="tight", tolerance=1e-4)(model, images, label, target), model, target)
    assert ours.success.all()
    assert theirs.success.all()
    ratio = norms(ours, images) / norms(theirs, images)
    assert ratio.mean() < 1.005
    assert ratio.median() < 1.002
    assert ours.evaluations.float().mean() < 0.5 * theirs.evaluations.float().mean()


def test_the_objective_agrees_with_scipys(batch):
    """At one c, solved to the end by both: c |D|^2 + cross-entropy within 1e-3.

    A deep net has several minima: there scipy, started at ours, must find nothing lower.
    """
    model, images, _, target = batch
    image, wanted, c = images[:6].double(), target[:6], 0.3
    flat, linear_model = images[:6].flatten(1), len(model) == 2
    evaluate = evaluator(model, images[:6], wanted, 1.0)
    found = minimise(
        lambda x, rows: evaluate(x, rows)[:2],
        torch.zeros_like(flat),
        -flat,
        1 - flat,
        weight=torch.full((6,), c),
        precision=Precision(decrease=0.0, gradient=1e-6, iterations=1000),
    )
    for i in range(6):
        objective = Objective(deepcopy(model).double(), image[i : i + 1], wanted[i : i + 1])
        low = image[i].flatten().numpy()
        start = np.zeros(64) if linear_model else found.point[i].double().numpy()
        best = minimize(objective.weighted(c), start, jac=True, method="L-BFGS-B", bounds=Bounds(-low, 1 - low))
        assert found.total[i].item() <= best.fun * (1 + 1e-3)


@pytest.mark.parametrize(("scale", "gap"), [(1.0, 1.06), (10.0, 1.005), (100.0, 1.001)])
def test_scaled_logits_come_closer_to_the_exact_optimum(linear, generator, scale, gap):
    model = linear(torch.randn(10, 64, generator=generator), torch.randn(10, generator=generator))
    images = torch.rand(16, 1, 8, 8, generator=generator).pow(4)
    label = model(images).argmax(1)
    target = (label + 3) % 10
    ours = LBFGSB(stop="tight", tolerance=1e-4, logit_scale=scale)(model, images, label, target)
    ratio = norms(ours, images) / norms(LinearExact()(model, images, label, target), images)
    assert ours.success.all()
    assert (ratio > 1 - 1e-4).all()
    assert ratio.mean() < gap


def test_company_and_order_change_nothing(batch):
    """To a part in a thousand of the distance: float32 sums differ with the batch's shape, and the paths with them."""
    model, images, label, target = batch
    whole = LBFGSB()(model, images, label, target)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(1))
    mixed = LBFGSB()(model, images[order], label[order], target[order])
    torch.testing.assert_close(norms(mixed, images[order]), norms(whole, images)[order], rtol=1e-3, atol=0)
    for i in (0, 7):
        alone = LBFGSB()(model, images[i : i + 1], label[i : i + 1], target[i : i + 1])
        torch.testing.assert_close(norms(alone, images[i : i + 1])[0], norms(whole, images)[i], rtol=1e-3, atol=0)


@pytest.mark.parametrize("stop", ["algorithm1", "tight", "overshoot"])
def test_box_and_claims_hold_at_every_stop(batch, stop):
    model, images, label, target = batch
    made = LBFGSB(stop=stop)(model, images, label, target)
    assert inside(made.image).all()
    assert verified(made, model, target).success.all()
    assert (made.c > 0).all()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Unreachable(), "no c down to 1e-10 reaches the target"),
        (Flat(), "the gradient of the loss is zero at the clean image"),
    ],
    ids=str,
)
def test_failures_are_visible(model, said):
    made = LBFGSB()(model, torch.full((2, 1, 2, 2), 0.3), torch.tensor([0, 0]), torch.tensor([1, 1]))
    assert not made.success.any()
    assert made.reason == (said, said)
    assert made.image.isnan().all()


def test_nan_on_the_way_is_a_step_too_far():
    made = LBFGSB()(NaNOnTheWay(), torch.full((1, 1, 2, 2), 0.3), torch.tensor([0]), torch.tensor([1]))
    assert made.success.all()
    assert 0.5 < made.image.mean() < 0.6


def test_a_failure_does_not_disturb_the_others(batch):
    model, images, label, target = batch
    whole = LBFGSB()(model, images, label, target)
    spoilt = target.clone()
    spoilt[3] = label[3]
    made = LBFGSB()(model, images, label, spoilt)
    assert made.reason[3] == "the model gives the target on the clean image already"
    others = torch.arange(24) != 3
    assert made.success[others].all()
    torch.testing.assert_close(norms(made, images)[others], norms(whole, images)[others], rtol=1e-3, atol=0)


def test_nan_at_the_start_fails_that_image_only(linear, generator):
    class Cracked(nn.Module):
        def forward(self, image):
            logits = inner(image)
            return torch.where(image[:, :1, 0, 0] > 0.9, torch.nan, logits)

    inner = linear(torch.randn(4, 16, generator=generator))
    images = torch.rand(5, 1, 4, 4, generator=generator) * 0.5
    images[2, 0, 0, 0] = 1.0
    label = inner(images).argmax(1)
    made = LBFGSB()(Cracked(), images, label, (label + 1) % 4)
    assert made.reason[2] == "the model's loss or gradient is NaN or infinite"
    assert made.success.tolist() == [True, True, False, True, True]


def test_an_empty_batch(linear):
    made = LBFGSB()(linear(torch.eye(4)), torch.empty(0, 1, 2, 2), torch.empty(0).long(), torch.empty(0).long())
    assert made.image.shape == (0, 1, 2, 2)
    assert made.reason == ()


def test_the_model_is_left_as_it_was(batch):
    model, *rest = batch
    model.train().requires_grad_(requires_grad=True)
    LBFGSB()(model, *rest)
    assert model.training
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stop": "early"}, "stop must be one of algorithm1, tight, overshoot, got 'early'"),
        ({"logit_scale": 0.0}, "logit_scale must be > 0, got 0.0"),
        ({"epsilon": -1.0}, "epsilon must be > 0, got -1.0"),
        ({"memory": 0}, "memory must be >= 1, got 0"),
    ],
)
def test_refused(given, said):
    with pytest.raises(AdvspaceError, match=said):
        LBFGSB(**given)
