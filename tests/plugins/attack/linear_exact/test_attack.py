"""The exact attack on linear models: against a general solver, its own certificate, and what it must refuse."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize
from stopping import attacked
from torch import nn

from advspace import UNTARGETED, AdvspaceError
from advspace.attack.verify import verified
from advspace.box import inside
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
from advspace_plugins.attack.linear_exact.attack import LinearExact
from advspace_plugins.attack.linear_exact.box_projection import project


def problems(seed, batch=3, constraints=4, pixels=12):
    """Random programmes that have a solution: the offsets are what a random step in the box reaches."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(batch, constraints, pixels))
    low, high = -rng.random((batch, pixels)).round(1), rng.random((batch, pixels)).round(1)
    reached = rng.uniform(low, high)
    offset = np.einsum("bkn,bn->bk", rows, reached) - rng.exponential(0.1, size=(batch, constraints))
    return tuple(torch.from_numpy(array) for array in (rows, offset, low, high))


def slsqp(rows, offset, low, high):
    """One problem by scipy's general solver."""
    result = minimize(
        lambda d: d @ d / 2,
        np.clip(np.zeros_like(low), low, high),
        jac=lambda d: d,
        bounds=list(zip(low, high, strict=True)),
        constraints=LinearConstraint(rows, offset, np.inf),
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-14},
    )
    return result.x if result.success else None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_projection_is_scipys(seed):
    rows, offset, low, high = problems(seed)
    result = project(rows, offset, low, high)
    assert (result.residual <= 1e-9).all()
    assert not result.impossible.any()
    for i in range(len(rows)):
        expected = slsqp(*(part[i].numpy() for part in (rows, offset, low, high)))
        if expected is not None:
            assert np.linalg.norm(result.step[i]) == pytest.approx(np.linalg.norm(expected), rel=1e-5, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_certificate(seed):
    """The Karush-Kuhn-Tucker conditions, written out anew."""
    rows, offset, low, high = problems(seed, batch=2, constraints=9, pixels=30)
    result = project(rows, offset, low, high)
    step, multipliers = result.step, result.multipliers
    lack = offset - torch.einsum("bkn,bn->bk", rows, step)
    assert (multipliers >= 0).all()
    assert (lack <= 1e-9).all()
    assert ((multipliers * lack).abs() <= 1e-8 * (1 + multipliers)).all()
    pull = step - torch.einsum("bk,bkn->bn", multipliers, rows)
    assert (pull[(step > low) & (step < high)].abs() < 1e-12).all()
    assert (pull[(step == low) & (low < high)] >= -1e-12).all()
    assert (pull[(step == high) & (low < high)] <= 1e-12).all()


def test_an_impossible_programme_is_proved_to_be_one():
    rows = torch.tensor([[[1.0, 1.0]], [[1.0, 1.0]]], dtype=torch.float64)
    offset = torch.tensor([[2.5], [1.5]], dtype=torch.float64)
    result = project(rows, offset, torch.zeros(2, 2).double(), torch.ones(2, 2).double())
    assert result.impossible.tolist() == [True, False]
    assert result.step[1] == pytest.approx([0.75, 0.75])


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
