"""What the attacks want of the logits, against torch's cross-entropy and plain probabilities."""

import pytest
import torch
from torch.nn import functional

from advspace import UNTARGETED, AdvspaceError, aims
from advspace_plugins.attack.goal import Aim, Goal

LABEL = torch.tensor([0, 1, 2])


@pytest.fixture
def logits(generator):
    return 3 * torch.randn(3, 5, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("scale", [1.0, 10.0])
def test_for_a_target_the_loss_is_the_cross_entropy(logits, scale):
    target = torch.tensor([3, 0, 4])
    logits.requires_grad_()
    loss, slope = Goal(aims(LABEL, target, 5)).pull(logits.detach(), scale)
    expected = functional.cross_entropy(scale * logits, target, reduction="none")
    assert torch.equal(loss, expected)
    assert torch.equal(slope, torch.autograd.grad(expected.sum(), logits)[0])


def test_untargeted_the_loss_is_that_of_all_other_classes(logits):
    logits.requires_grad_()
    loss, slope = Goal(aims(LABEL, torch.full((3,), UNTARGETED), 5)).pull(logits.detach())
    probability = logits.softmax(1)
    expected = -(1 - probability[range(3), LABEL]).log()
    torch.testing.assert_close(loss, expected.detach())
    torch.testing.assert_close(slope, torch.autograd.grad(expected.sum(), logits)[0])


@pytest.mark.parametrize("target", [[3, 0, 4], [UNTARGETED] * 3])
def test_with_a_confidence_the_score_is_positive_just_where_it_is_reached(logits, target):
    target = torch.tensor(target)
    for confidence in (0.5, 0.9, 0.999):
        goal = Goal(aims(LABEL, target, 5), confidence)
        for sharper in (0.1, 1.0, 4.0):
            probability = (sharper * logits).softmax(1)
            wins = goal.wanted[range(3), logits.argmax(1)]
            reached = (probability * goal.wanted).sum(1) > confidence
            assert torch.equal(goal.score(sharper * logits) > 0, reached & wins)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("closest", 0.9), "goal must be one of min_norm, confidence, got 'closest'"),
        (("confidence", 1.0), r"confidence must be in \[0.5, 1\), got 1.0"),
        (("confidence", 0.3), r"confidence must be in \[0.5, 1\), got 0.3"),
    ],
)
def test_refused(given, said):
    with pytest.raises(AdvspaceError, match=said):
        Aim(*given)
