"""The reference attack against exact optima of linear models, and its failure paths."""

import numpy as np
import pytest
import torch
from made_models import Flat, NaNOnTheWay, Unreachable, two_class_optimum
from stopping import attacked

from advspace import AdvspaceError, aims, margin
from advspace.attack.verify import verified
from advspace.box import inside
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy


@pytest.fixture
def binary(linear, generator):
    """A linear model of two classes, and images of class 0 close to the box's ends."""
    weight = torch.stack([torch.zeros(16), torch.randn(16, generator=generator)])
    images = torch.rand(40, 16, generator=generator).pow(3)
    scores = images @ weight[1]
    model = linear(weight, torch.tensor([0.0, -scores.quantile(0.7).item()]))
    images = images[scores < scores.quantile(0.5)].reshape(-1, 1, 4, 4)
    return model, images[:8], torch.zeros(8, dtype=torch.int64), torch.ones(8, dtype=torch.int64)


@pytest.fixture
def several(linear, generator):
    """A linear model of four classes with images and random targets."""
    model = linear(torch.randn(4, 16, generator=generator))
    images = torch.rand(6, 1, 4, 4, generator=generator)
    label = model(images).argmax(1)
    return model, images, label, (label + 1) % 4


def test_tight_is_the_exact_optimum_of_two_classes(binary):
    model, images, label, target = binary
    result = attacked(LBFGSBScipy(), model, images, label, target, stop="tight", tolerance=1e-5)
    assert result.success.all()
    weight, bias = model[1].weight[1].double().numpy(), model[1].bias[1].item()
    for image, adversarial in zip(images, result.image, strict=True):
        flat = image.double().flatten().numpy()
        exact = two_class_optimum(weight, flat, -(flat @ weight + bias))
        assert np.linalg.norm(exact) <= np.linalg.norm(adversarial.flatten().numpy() - flat) * (1 + 1e-4)
        assert np.linalg.norm(adversarial.flatten().numpy() - flat) == pytest.approx(np.linalg.norm(exact), rel=2e-3)


def test_the_box_is_respected_exactly_and_claims_hold(several):
    model, images, label, target = several
    result = attacked(LBFGSBScipy(), model, images, label, target)
    assert inside(result.image).all()
    assert result.image.dtype == torch.float32
    checked = verified(result, model, label, target)
    assert checked.success.all()
    assert (margin(model(result.image), aims(label, target, 4)) > 0).all()
    assert (result.evaluations > 5).all()
    assert (result.c > 0).all()


@pytest.mark.parametrize("stop", ["algorithm1", "tight", "overshoot"])
def test_stop_sets_how_far_beyond_the_boundary(several, stop):
    model, images, label, target = several
    tight, result = (
        attacked(LBFGSBScipy(), model, images, label, target, stop=rule, tolerance=1e-4, overshoot=0.1).image
        for rule in ("tight", stop)
    )
    ratio = (result - images).flatten(1).norm(dim=1) / (tight - images).flatten(1).norm(dim=1)
    margins = margin(model(result), aims(label, target, 4))
    if stop == "tight":
        assert ((margins > 0) & (margins <= 1e-4)).all()
    elif stop == "overshoot":
        assert ((ratio > 1.099) & (ratio < 1.1001)).all()
    else:
        assert ((ratio >= 1 - 1e-6) & (ratio < 1.05)).all()


def test_keep_last_is_the_papers_and_lies_deeper(several):
    model, images, label, target = several
    best = LBFGSBScipy(epsilon=0.5)(model, images, label, target)
    last = LBFGSBScipy(epsilon=0.5, keep="last", warm=False)(model, images, label, target)
    assert last.success.all()
    assert (last.margin > best.margin - 1e-3).all()
    assert (last.margin > 1.2 * best.margin).any()


def test_an_image_gets_the_same_result_alone(several):
    model, images, label, target = several
    whole = attacked(LBFGSBScipy(), model, images, label, target)
    alone = attacked(LBFGSBScipy(), model, images[3:4], label[3:4], target[3:4])
    assert torch.equal(alone.image[0], whole.image[3])


def test_warm_starts_save_gradients(several):
    model, images, label, target = several
    warm = LBFGSBScipy()(model, images, label, target).evaluations.sum()
    cold = LBFGSBScipy(warm=False)(model, images, label, target).evaluations.sum()
    assert warm < 0.8 * cold


def test_the_model_is_left_as_it_was(several):
    model, *batch = several
    LBFGSBScipy()(model, *batch)
    assert all(p.dtype == torch.float32 and p.grad is None for p in model.parameters())


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Unreachable(), "no c down to 1e-10 reaches the target"),
        (NaNOnTheWay(), "the model's loss or gradient is NaN or infinite"),
        (Flat(), "the gradient of the loss is zero at the clean image"),
    ],
    ids=str,
)
def test_failures_are_visible(model, said):
    result = LBFGSBScipy()(model, torch.full((1, 1, 2, 2), 0.3), torch.tensor([0]), torch.tensor([1]))
    assert not result.success.any()
    assert result.reason == (said,)
    assert result.image.isnan().all()


def test_one_failure_does_not_stop_the_others(binary):
    model, images, label, target = binary
    target = target.clone()
    target[2] = 0
    result = LBFGSBScipy()(model, images, label, target)
    assert result.success.tolist() == [True, True, False, *5 * [True]]
    assert result.reason[2] == "the target is the label"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"keep": "first"}, "keep must be one of best, last, got 'first'"),
        ({"epsilon": 0.0}, "epsilon must be > 0, got 0.0"),
        ({"c": -1.0}, "c must be > 0, got -1.0"),
        ({"growth": 1.0}, "growth must be > 1, got 1.0"),
    ],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=said):
        LBFGSBScipy(**settings)
