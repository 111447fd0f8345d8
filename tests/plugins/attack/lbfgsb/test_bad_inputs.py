"""Models and settings at the edge of what makes sense: a result, or one sentence."""

import pytest
import torch
from made_models import Flat
from stopping import attacked
from torch import nn

from advspace import UNTARGETED
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.refusals import NO_SLOPE, NOT_FINITE


@pytest.fixture
def images(generator):
    return 0.3 + 0.2 * torch.rand(4, 1, 2, 2, generator=generator)


def norms(made, images):
    return (made.image - images).flatten(1).norm(dim=1)


def test_all_logits_are_equal(images):
    zeros = torch.zeros(4).long()
    made = LBFGSB()(Flat(), images, zeros, zeros + 1)
    assert made.reason == (NO_SLOPE,) * 4


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_logits_of_any_size_give_numbers_or_a_reason(linear, images, generator, size):
    weight = torch.randn(3, 4, generator=generator)
    label = linear(weight)(images).argmax(1)
    made = attacked(LBFGSB(), linear(size * weight), images, label, (label + 1) % 3)
    assert all(good or reason for good, reason in zip(made.success.tolist(), made.reason, strict=True))
    assert made.image[made.success].isfinite().all()


def test_with_two_classes_no_target_is_the_other_class(linear, images, generator):
    model = linear(torch.randn(2, 4, generator=generator))
    label = model(images).argmax(1)
    one, other = (
        attacked(LBFGSB(), model, images, label, target) for target in (1 - label, torch.full_like(label, UNTARGETED))
    )
    assert torch.equal(one.success, other.success)
    torch.testing.assert_close(norms(other, images), norms(one, images), rtol=1e-5, atol=0, equal_nan=True)


def test_a_target_beside_which_another_class_always_wins(linear, images):
    """Class 1 has the same slope as class 2, and always one logit less."""
    model = linear(torch.tensor([[1.0, 0, 0, 0], [-1.0, 0, 0, 0], [-1.0, 0, 0, 0]]), torch.tensor([0.0, -1.0, 0.0]))
    label = model(images).argmax(1)
    made = LBFGSB()(model, images, label, torch.ones_like(label))
    assert not made.success.any()
    assert all(made.reason)


def test_a_model_that_is_nan_in_half_of_the_box(linear, images):
    """NaN beyond 0.5 of a pixel that need not move there; and at the clean image, where there is no attack."""

    class Half(nn.Module):
        def forward(self, image):
            return torch.where(image[:, :1, 0, 0] > 0.5, torch.nan, inner(image))

    inner = linear(torch.tensor([[1.0, 1, 0, 0], [0.0, 0, 1, 1]]), torch.tensor([0.5, 0.0]))
    images = images.clone()
    images[3, 0, 0, 0] = 0.8
    zeros = torch.zeros(4).long()
    made = attacked(LBFGSB(), Half(), images, zeros, zeros + 1)
    assert made.success.tolist() == [True, True, True, False]
    assert made.reason[3] == NOT_FINITE
