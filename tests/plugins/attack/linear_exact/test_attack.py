"""The exact attack on linear models: against a general solver, its own certificate, and what it must refuse."""

import pytest
import torch
from stopping import attacked
from torch import nn

from advspace import UNTARGETED, AdvspaceError
from advspace.attack.verify import verified
from advspace.box import inside
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
from advspace_plugins.attack.linear_exact.attack import LinearExact


@pytest.fixture
def digits_like(linear, generator):
    model = linear(torch.randn(10, 64, generator=generator), torch.randn(10, generator=generator))
    images = torch.rand(12, 1, 8, 8, generator=generator).pow(4)
    label = model(images).argmax(1)
    return model, images, label, (label + torch.arange(1, 13) % 9 + 1) % 10


def test_no_attack_is_closer(digits_like):
    model, images, label, target = digits_like
    exact = LinearExact()(model, images, label, target)
    assert verified(exact, model, label, target).success.all()
    assert inside(exact.image).all()
    assert (exact.margin > 0).all()
    assert (exact.margin < 2e-4).all()
    lbfgsb = attacked(LBFGSBScipy(), model, images, label, target, stop="tight", tolerance=1e-4)
    ratio = (lbfgsb.image - images).flatten(1).norm(dim=1) / (exact.image - images).flatten(1).norm(dim=1)
    assert (ratio > 1 - 1e-4).all()
    assert ratio.mean() < 1.1


def test_untargeted_is_the_closest_of_all_targets(digits_like):
    model, images, label, _ = digits_like
    free = LinearExact()(model, images, label, torch.full_like(label, UNTARGETED))
    each = [LinearExact()(model, images, label, (label + step) % 10) for step in range(1, 10)]
    norms = torch.stack([(one.image - images).flatten(1).norm(dim=1) for one in each])
    torch.testing.assert_close((free.image - images).flatten(1).norm(dim=1), norms.amin(0), rtol=1e-6, atol=0)
    reached = (label + 1 + norms.argmin(0)) % 10
    assert torch.equal(verified(free, model, label, torch.full_like(label, UNTARGETED)).reached, reached)


def test_company_changes_nothing(digits_like):
    model, images, label, target = digits_like
    whole = LinearExact()(model, images, label, target)
    alone = LinearExact()(model, images[5:6], label[5:6], target[5:6])
    torch.testing.assert_close(alone.image[0], whole.image[5], atol=1e-6, rtol=0)


def test_overshoot_goes_a_share_beyond(digits_like):
    model, images, label, target = digits_like
    tight, beyond = (
        attacked(LinearExact(), model, images, label, target, stop=stop, overshoot=0.1)
        for stop in ("given", "overshoot")
    )
    ratio = (beyond.image - images).flatten(1).norm(dim=1) / (tight.image - images).flatten(1).norm(dim=1)
    assert ((ratio > 1.02) & (ratio <= 1.1001)).all()
    assert (beyond.margin > tight.margin).all()


def test_a_class_out_of_reach_is_a_failure_with_its_proof(linear):
    model = linear(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([2.0, 0.0]))
    result = LinearExact()(model, torch.rand(1, 1, 1, 2), torch.tensor([0]), torch.tensor([1]))
    assert not result.success.any()
    assert result.reason == ("no image in the box is of the target class (proved)",)
    assert result.image.isnan().all()


def test_a_model_that_is_not_linear_is_refused():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).requires_grad_(False)
    with pytest.raises(AdvspaceError, match=r"linear_exact needs logits that are linear .* departs from a line by"):
        LinearExact()(model, torch.rand(1, 1, 2, 2), torch.tensor([0]), torch.tensor([1]))


def test_refused():
    with pytest.raises(AdvspaceError, match=r"margin must be > 0, got 0\.0"):
        LinearExact(margin=0.0)
