"""The batched attack against scipy's one by one, against the exact optimum, and against itself in other company."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from made_models import Flat, NaNOnTheWay, Unreachable, two_class_optimum
from scipy.optimize import Bounds, minimize
from stopping import attacked
from torch import nn

from advspace import UNTARGETED, AdvspaceError
from advspace.attack.stop import STOPS
from advspace.attack.verify import verified
from advspace.box import inside
from advspace.model.contract import freeze
from advspace_plugins.attack.goal import Aim
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb.ends import Precision
from advspace_plugins.attack.lbfgsb.minimise import minimise
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
from advspace_plugins.attack.lbfgsb_scipy.objective import Objective
from advspace_plugins.attack.linear_exact.attack import LinearExact
from advspace_plugins.attack.queries import Queries

CAREFUL = {"searching": 1e-3, "final": 1e-5}


def norms(made, images):
    return (made.image - images).flatten(1).norm(dim=1)


def test_as_close_as_scipy_with_fewer_gradients(batch):
    _, images, _, _ = batch
    attacks = LBFGSB(explore=0, **CAREFUL), LBFGSBScipy()
    ours, theirs = (attacked(attack, *batch, stop="tight", tolerance=1e-4) for attack in attacks)
    assert ours.success.all()
    assert theirs.success.all()
    ratio = norms(ours, images) / norms(theirs, images)
    assert ratio.mean() < 1.005
    assert ratio.median() < 1.002
    assert ours.evaluations.float().mean() < 0.5 * theirs.evaluations.float().mean()


@pytest.mark.parametrize("bend", [nn.Softplus(beta=2.0), nn.ReLU()], ids=str)
def test_the_objective_agrees_with_scipys(generator, linear, bend):
    """At one c, solved to the end by both: c |D|^2 + cross-entropy.

    A deep net has several minima: there scipy, started at ours, must find next to nothing lower; least of all where
    kinks do not stop either.
    """
    with torch.random.fork_rng():
        torch.manual_seed(3)
        layers = nn.Conv2d(1, 8, 3), bend, nn.AvgPool2d(2), nn.Flatten(), nn.Linear(72, 32), nn.Tanh()
        deep = freeze(nn.Sequential(*layers, nn.Linear(32, 10)))
        deep[-1].weight.mul_(8)
    convex = linear(torch.randn(10, 64, generator=generator), torch.randn(10, generator=generator))
    images = torch.rand(8, 1, 8, 8, generator=generator).sub(0.3).clamp(0, 1)
    excess = {name: excess_over_scipy(model, images) for name, model in (("convex", convex), ("deep", deep))}
    assert excess["convex"].max() < 1e-5
    assert excess["deep"].max() < (1e-3 if isinstance(bend, nn.ReLU) else 1e-5)


def excess_over_scipy(model, images, c=0.3):
    """By how much of itself our solution's objective is above the one that scipy finds from there."""
    logits = model(images)
    label = logits.argmax(1)
    target = logits.scatter(1, label[:, None], -torch.inf).argmax(1)
    goal = Aim("min_norm", 0.9)(model, images, label, target)
    queries, flat = Queries(model, images, goal), images.flatten(1)
    result = minimise(
        lambda x, rows: queries.ask(x, rows)[:2],
        torch.zeros_like(flat),
        -flat,
        1 - flat,
        weight=torch.full((len(images),), c),
        precision=Precision(decrease=0.0, gradient=1e-6, iterations=1000),
    )
    excess = []
    for i, low in enumerate(flat.double().numpy()):
        objective = Objective(deepcopy(model).double(), images[i : i + 1].double(), goal.of(torch.tensor([i])))
        start, bounds = result.point[i].double().numpy(), Bounds(-low, 1 - low)
        best = minimize(objective.weighted(c), start, jac=True, method="L-BFGS-B", bounds=bounds)
        excess.append(result.total[i].item() / best.fun - 1)
    return np.array(excess)


@pytest.mark.parametrize(("scale", "gap"), [(1.0, 1.06), (10.0, 1.005), (100.0, 1.001)])
def test_scaled_logits_come_closer_to_the_exact_optimum(linear, generator, scale, gap):
    model = linear(torch.randn(10, 64, generator=generator), torch.randn(10, generator=generator))
    images = torch.rand(16, 1, 8, 8, generator=generator).pow(4)
    label = model(images).argmax(1)
    target = (label + 3) % 10
    attack = LBFGSB(logit_scale=scale, searching=1e-3, final=1e-5)
    ours = attacked(attack, model, images, label, target, stop="tight", tolerance=1e-4)
    ratio = norms(ours, images) / norms(LinearExact(margin=1e-6)(model, images, label, target), images)
    assert ours.success.all()
    assert (ratio > 1 - 1e-4).all()
    assert ratio.mean() < gap


def test_company_and_order_change_nothing(batch, one_thread):
    """Bit for bit, alone and in any batch."""
    model, images, label, target = batch
    whole = attacked(LBFGSB(), model, images, label, target)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(1))
    mixed = attacked(LBFGSB(), model, images[order], label[order], target[order])
    assert torch.equal(mixed.image, whole.image[order])
    assert torch.equal(mixed.evaluations, whole.evaluations[order])
    for rows in ([0], [7, 3], [5, 6, 7, 8, 9]):
        some, both = (
            attacked(LBFGSB(quantise="8bit"), model, images[part], label[part], target[part])
            for part in (rows, [*rows, 1, 2])
        )
        assert torch.equal(some.image, both.image[: len(rows)])
        assert torch.equal(some.evaluations, both.evaluations[: len(rows)])
        few = attacked(LBFGSB(), model, images[rows], label[rows], target[rows])
        for name in ("image", "c", "margin", "evaluations"):
            assert torch.equal(getattr(few, name), getattr(whole, name)[rows])


@pytest.mark.parametrize("stop", STOPS)
def test_box_and_claims_hold_at_every_stop(batch, stop):
    model, images, label, target = batch
    made = attacked(LBFGSB(), model, images, label, target, stop=stop)
    assert inside(made.image).all()
    assert verified(made, model, label, target).success.all()
    assert (made.c > 0).all()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Unreachable(), "no c down to 1e-10 reaches the target"),
        (Flat(), "the gradient of the loss is zero at the clean image"),
    ],
    ids=str,
)
@pytest.mark.parametrize("gradients", [None, 30])
def test_failures_are_visible(model, said, gradients):
    if gradients and isinstance(model, Unreachable):
        said = "no query within 30 gradients reaches the goal"
    made = LBFGSB(gradients=gradients)(model, torch.full((2, 1, 2, 2), 0.3), torch.tensor([0, 0]), torch.tensor([1, 1]))
    assert not made.success.any()
    assert made.reason == (said, said)
    assert made.image.isnan().all()


def test_nan_on_the_way_is_a_step_too_far():
    image = torch.full((1, 1, 2, 2), 0.3)
    made = attacked(LBFGSB(), NaNOnTheWay(), image, torch.tensor([0]), torch.tensor([1]))
    assert made.success.all()
    assert 0.5 < made.image.mean() < 0.6


def test_a_failure_does_not_disturb_the_others(batch):
    model, images, label, target = batch
    whole = attacked(LBFGSB(), model, images, label, target)
    spoilt = target.clone()
    spoilt[3] = label[3]
    made = attacked(LBFGSB(), model, images, label, spoilt)
    assert made.reason[3] == "the target is the label"
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
    made = attacked(LBFGSB(), Cracked(), images, label, (label + 1) % 4)
    assert made.reason[2] == "the model's loss or gradient is NaN or infinite"
    assert made.success.tolist() == [True, True, False, True, True]


def test_a_confidence_is_reached_at_the_least_distance(linear, generator):
    """Two classes: a probability q asks for a margin of log(q / (1 - q)), which scipy's root finder reaches exactly."""
    weight = torch.stack([torch.zeros(16), torch.randn(16, generator=generator)])
    images = torch.rand(8, 1, 4, 4, generator=generator)
    scores = images.flatten(1) @ weight[1]
    model = linear(weight, torch.tensor([0.0, -scores.max().item() - 0.5]))
    label, target = torch.zeros(8).long(), torch.ones(8).long()
    for confidence in (0.5, 0.9):
        made, theirs = (
            attacked(kind(goal="confidence", confidence=confidence), model, images, label, target, stop="tight")
            for kind in (LBFGSB, LBFGSBScipy)
        )
        reached = model(made.image).softmax(1)[:, 1]
        assert ((reached >= confidence) & (reached < confidence + 1e-3)).all()
        for i in range(8):
            needed = np.log(confidence / (1 - confidence)) - model(images)[i].diff().item()
            exact = two_class_optimum(weight[1].double().numpy(), images[i].flatten().double().numpy(), needed)
            assert norms(made, images)[i].item() == pytest.approx(np.linalg.norm(exact), rel=2e-3)
        torch.testing.assert_close(norms(made, images), norms(theirs, images), rtol=5e-3, atol=0)


def test_untargeted_any_class_will_do(linear, generator):
    model = linear(torch.randn(10, 64, generator=generator) / 5, torch.randn(10, generator=generator) / 5)
    images = torch.rand(16, 1, 8, 8, generator=generator).pow(4)
    label = model(images).argmax(1)
    free = torch.full_like(label, UNTARGETED)
    exact = norms(LinearExact(margin=1e-6)(model, images, label, free), images)
    for attack in (LBFGSB(), LBFGSBScipy()):
        made = attacked(attack, model, images, label, free, stop="tight")
        assert made.success.all()
        assert (made.reached != label).all()
        ratio = norms(made, images) / exact
        assert (ratio > 1 - 1e-4).all()
        if isinstance(attack, LBFGSB):  # with all other classes pulling at once, as in scipy's, the way is longer
            assert (ratio < 1.01).all()


def test_the_number_of_gradients_is_held(batch):
    model, images, label, target = batch
    made = attacked(LBFGSB(gradients=25), model, images, label, target)
    assert (made.evaluations <= 25).all()
    assert made.success.float().mean() > 0.9
    few = LBFGSB(gradients=2)(model, images, label, target)
    assert (few.evaluations <= 2).all()
    assert set(few.reason) <= {"", "no query within 2 gradients reaches the goal"}


@pytest.mark.parametrize("gradients", [2, 9, 10, 25, 60])
def test_the_number_of_gradients_is_held_where_any_class_will_do(batch, gradients):
    model, images, label, _ = batch
    free = torch.full_like(label, UNTARGETED)
    assert (LBFGSB(gradients=gradients)(model, images, label, free).evaluations <= gradients).all()


def test_what_is_refused_before_the_model_is_asked(batch):
    model, images, label, target = batch
    images = images.clone()
    images[1, 0, 0, 0], images[2, 0, 0, 0] = 1.5, torch.nan
    spoilt = target.clone()
    spoilt[4] = label[4]
    for attack in (LBFGSB(), LBFGSBScipy()):
        made = attack(model, images[:5], label[:5], spoilt[:5])
        outside = "the clean image is not inside the box"
        assert made.reason == ("", outside, outside, "", "the target is the label")
        assert made.evaluations[[1, 2, 4]].tolist() == [0, 0, 0]


def test_a_clean_image_of_the_target_class_is_refused(batch):
    model, images, label, _ = batch
    made = LBFGSB()(model, images[:2], (label[:2] + 1) % 10, label[:2])
    assert made.reason == 2 * ("the clean image reaches the goal already",)


def test_another_chance_reaches_what_the_papers_objective_does_not(generator):
    """A wide net of random weights: with plain logits the search ends short of some targets."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layers = [nn.Conv2d(1, 16, 3), nn.Conv2d(16, 32, 3), nn.Linear(128, 64), nn.Linear(64, 10)]
        images = torch.rand(24, 1, 8, 8)
    for layer in layers:
        layer.requires_grad_(requires_grad=False).weight.mul_(3)
    one, two, three, four = layers
    middle = nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    model = nn.Sequential(one, nn.ReLU(), two, *middle, three, nn.ReLU(), four)
    label = model(images).argmax(1)
    target = model(images).argmin(1)
    assert attacked(LBFGSB(), model, images, label, target).success.all()


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
        ({"logit_scale": 0.0}, "logit_scale must be > 0, got 0.0"),
        ({"epsilon": -1.0}, "epsilon must be > 0, got -1.0"),
        ({"memory": 0}, "memory must be >= 1, got 0"),
        ({"gradients": 1}, "gradients must be >= 2, got 1"),
    ],
)
def test_refused(given, said):
    with pytest.raises(AdvspaceError, match=said):
        LBFGSB(**given)


class Rectified(nn.Module):
    """Logits behind a ReLU, as SqueezeNet's: a class whose logit is zero has no gradient."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight, self.bias = weight, bias

    def forward(self, image):
        return (image.flatten(1) @ self.weight.T + self.bias).relu()


def test_a_target_behind_a_dead_rectifier(generator):
    """Class 2 is dead on every image and its own logit pulls nowhere; class 1 is alive and reached as ever."""
    weight = torch.randn(3, 16, generator=generator)
    model = Rectified(weight, torch.tensor([8.0, 7.5, -50.0]))
    images = torch.rand(4, 1, 4, 4, generator=generator)
    label = model(images).argmax(1)
    alive = 1 - label
    target = torch.stack([alive[0], torch.tensor(2), alive[2], torch.tensor(2)])
    made = attacked(LBFGSB(), model, images, label, target)
    assert made.success.tolist() == [True, False, True, False]
    assert made.reason[1] == "no c down to 1e-10 reaches the target"
    assert made.image[1].isnan().all()


def test_a_model_that_answers_nothing_but_zero():
    made = LBFGSB()(
        Rectified(torch.ones(3, 4), torch.full((3,), -50.0)),
        torch.full((1, 1, 2, 2), 0.5),
        torch.tensor([0]),
        torch.tensor([1]),
    )
    assert made.reason == ("the gradient of the loss is zero at the clean image",)
