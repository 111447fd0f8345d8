"""Probabilities of the label and of the class that was reached."""

import pytest
import torch
from torch import nn

from advspace import UNTARGETED
from advspace.attack.probability import probabilities
from advspace.attack.verify import Verified

ORIGINALS = torch.tensor([[0.0, 0.5], [0.8, 0.1], [0.2, 0.2]]).reshape(3, 1, 1, 2)
LABEL = torch.tensor([1, 0, 0])
NAN = torch.full((3,), torch.nan)


def made(image):
    good = torch.tensor([True, False, True])
    image = torch.where(good[:, None, None, None], image, torch.nan)
    counts, reached = torch.ones(3, dtype=torch.int64), torch.tensor([0, UNTARGETED, 1])
    checked = {"reached": reached, "survives_8bit": good, "depth": NAN}
    return Verified(image=image, success=good, reason=("",) * 3, c=NAN, margin=NAN, evaluations=counts, **checked)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_two_logits_give_the_logistic_function_of_their_difference(most):
    """The logits are the two pixels; a failure has a probability of its label alone."""
    adversarial = torch.tensor([[0.9, 0.2], [0.0, 0.0], [0.1, 1.0]]).reshape(3, 1, 1, 2)
    sure = probabilities(nn.Flatten(), ORIGINALS, LABEL, made(adversarial), most)
    expected = torch.sigmoid(torch.tensor([0.5, 0.7, 0.0], dtype=torch.float64))
    torch.testing.assert_close(sure.original, expected, check_dtype=False)
    reached = torch.sigmoid(torch.tensor([0.7, 0.9], dtype=torch.float64))
    torch.testing.assert_close(sure.adversarial[[0, 2]], reached, check_dtype=False)
    assert sure.adversarial[1].isnan()


def test_a_model_that_gives_probabilities_is_believed():
    sure = probabilities(nn.Sequential(nn.Flatten(), nn.Softmax(1)), ORIGINALS, LABEL, made(ORIGINALS), 3)
    expected = torch.sigmoid(torch.tensor([0.5, 0.7, 0.0], dtype=torch.float64))
    torch.testing.assert_close(sure.original, expected, check_dtype=False, rtol=1e-6, atol=0)
