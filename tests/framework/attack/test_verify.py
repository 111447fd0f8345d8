"""An attack's claims are checked, not believed."""

import pytest
import torch

from advspace import UNTARGETED, Adversarial
from advspace.attack.verify import verified, without

LABEL, TARGET = torch.tensor([0, 0, 0, 0]), torch.tensor([1, 1, 1, 1])


IDENTITY = torch.eye(3)


def claim(images, success, reasons=("", "", "", "")):
    nan = torch.full((4,), torch.nan)
    return Adversarial(images, torch.tensor(success), tuple(reasons), nan, nan, torch.ones(4, dtype=torch.int64))


def test_false_claims_become_failures_with_a_reason(linear):
    model = linear(IDENTITY)
    images = torch.tensor([[0.1, 0.9, 0.2], [0.9, 0.1, 0.2], [0.1, 1.5, 0.2], [0.5, 0.5, 0.5]]).reshape(4, 1, 1, 3)
    result = verified(claim(images, [True, True, True, False], ["", "", "", "tired"]), model, LABEL, TARGET)
    assert result.success.tolist() == [True, False, False, False]
    assert result.reason == (
        "",
        "the attack claims success but the model gives class 0",
        "the attack returned pixels outside the box",
        "tired",
    )
    assert result.margin[0] == pytest.approx(0.7)
    assert result.margin[1:].isnan().all()
    assert torch.equal(result.image[0], images[0])
    assert result.image[1:].isnan().all()
    assert result.reached.tolist() == [1, UNTARGETED, UNTARGETED, UNTARGETED]
    assert result.survives_8bit.tolist() == [True, False, False, False]


def test_rounding_to_grey_levels_is_tried(linear):
    """A lead of a tenth of a grey level is lost; one of 1.1 grey levels between lattice points is kept."""
    images = torch.tensor([[100.4, 100.5, 0], [100.4, 101.5, 0]]).div(255).reshape(2, 1, 1, 3)
    nan = torch.full((2,), torch.nan)
    made = Adversarial(images, torch.tensor([True, True]), ("", ""), nan, nan, torch.ones(2, dtype=torch.int64))
    result = verified(made, linear(IDENTITY), LABEL[:2], TARGET[:2])
    assert result.success.tolist() == [True, True]
    assert result.survives_8bit.tolist() == [False, True]


def test_nan_pixels_are_no_adversarial(linear):
    images = torch.full((4, 1, 1, 3), torch.nan)
    assert not verified(claim(images, [True] * 4), linear(IDENTITY), LABEL, TARGET).success.any()


def test_a_success_that_cannot_be_probed_becomes_a_failure(linear):
    images = torch.tensor([[0.1, 0.9, 0.2], [0.2, 0.8, 0.2]]).reshape(2, 1, 1, 3)
    values = torch.ones(2)
    made = Adversarial(images, torch.tensor([True, True]), ("", ""), values, values, values.long())
    whole = verified(made, linear(IDENTITY), LABEL[:2], TARGET[:2])
    result = without(whole, {1: "not finite"})
    assert (result.success.tolist(), result.reason) == ([True, False], ("", "not finite"))
    assert torch.equal(result.image[0], images[0])
    for column in (result.image, result.c, result.margin):
        assert column[1].isnan().all()
    assert result.reached.tolist() == [1, UNTARGETED]
    assert result.survives_8bit.tolist() == [True, False]
    assert without(whole, {}) is whole
