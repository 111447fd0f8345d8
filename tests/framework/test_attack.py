"""An attack's claims are checked, not believed."""

import pytest
import torch

from advspace import Adversarial, margin
from advspace.attack import verified

TARGET = torch.tensor([1, 1, 1, 1])
IDENTITY = torch.eye(3)


def claim(images, success, reasons=("", "", "", "")):
    nan = torch.full((4,), torch.nan)
    return Adversarial(images, torch.tensor(success), tuple(reasons), nan, nan, torch.ones(4, dtype=torch.int64))


def test_margin_is_target_minus_the_largest_other():
    logits = torch.tensor([[1.0, 4.0, 2.0], [5.0, 1.0, 2.0]])
    assert margin(logits, torch.tensor([1, 2])).tolist() == [2.0, -3.0]


def test_false_claims_become_failures_with_a_reason(linear):
    model = linear(IDENTITY)
    images = torch.tensor([[0.1, 0.9, 0.2], [0.9, 0.1, 0.2], [0.1, 1.5, 0.2], [0.5, 0.5, 0.5]]).reshape(4, 1, 1, 3)
    found = verified(claim(images, [True, True, True, False], ["", "", "", "tired"]), model, TARGET)
    assert found.success.tolist() == [True, False, False, False]
    assert found.reason == (
        "",
        "the attack claims success but the model gives class 0",
        "the attack returned pixels outside the box",
        "tired",
    )
    assert found.margin[0] == pytest.approx(0.7)
    assert found.margin[1:].isnan().all()
    assert torch.equal(found.image[0], images[0])
    assert found.image[1:].isnan().all()


def test_nan_pixels_are_no_adversarial(linear):
    images = torch.full((4, 1, 1, 3), torch.nan)
    assert not verified(claim(images, [True] * 4), linear(IDENTITY), TARGET).success.any()
