"""A temperature of the network does not change its adversarials."""

import pytest
import torch
from torch import nn

from advspace import Problem, Stop
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified
from advspace.model.contract import freeze
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb.rescaling import rescaling, spread


class Tempered(nn.Module):
    """Logits of a random linear classifier, times a factor."""

    def __init__(self, factor, classes=5):
        super().__init__()
        self.factor = factor
        self.weight = torch.randn(36, classes, generator=torch.Generator().manual_seed(1))

    def forward(self, image):
        return self.factor * (image.flatten(1) @ self.weight)


@pytest.fixture
def images():
    return torch.rand(6, 1, 6, 6, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize(
    ("logits", "expected"),
    [
        ([5.0, 1.0], 4.0),
        ([1.0, 3.0, 5.0], 4.0),
        ([5.0, 4.0, 3.0, 2.0, 1.0], 2.0),
        ([1.0, -1e9, 4.0, -1e9, 3.5], 3.0),
    ],
)
def test_spread(logits, expected):
    assert spread(torch.tensor([logits])).tolist() == [expected]


@pytest.mark.parametrize(("factor", "changed"), [(1e-4, True), (0.05, True), (1.0, False), (2.0, False), (1e6, True)])
def test_only_logits_of_an_unusual_size_are_rescaled(images, factor, changed):
    model = Tempered(factor)
    result = rescaling(model, images)
    if changed:
        noise = torch.rand((4, 1, 6, 6), generator=torch.Generator().manual_seed(0))
        largest = spread(model(images)).maximum(spread(model(noise)).median())
        torch.testing.assert_close(result * largest, torch.full((6,), 8.0))
    else:
        assert result.tolist() == [1.0] * 6


def test_an_image_near_a_boundary_is_not_unusual(images):
    """Its own spread is small; that of random images is not."""
    model = Tempered(2.0, classes=2)
    assert rescaling(model, torch.zeros_like(images)).tolist() == [1.0] * 6


def test_the_factor_depends_on_no_other_image(images):
    model = Tempered(1e-3)
    assert torch.equal(rescaling(model, images)[2:3], rescaling(model, images[2:3]))


@pytest.mark.parametrize("logits", [0.0, torch.nan, torch.inf])
def test_logits_without_a_size_stay(images, logits):
    class Constant(nn.Module):
        def forward(self, image):
            return torch.full((len(image), 5), logits)

    assert rescaling(Constant(), images).tolist() == [1.0] * 6


@pytest.mark.parametrize("stop", ["given", "tight"])
def test_a_power_of_two_changes_nothing_and_others_only_digits(images, one_thread, stop):
    """Far from a usual size: a factor of 2 is exact, and one of 10 is rounded."""
    label = Tempered(1.0)(images).argmax(1)
    target = (label + 1) % 5

    def adversarial(factor):
        model, attack = freeze(Tempered(factor)), LBFGSB()
        problem = Problem(model, images, label, target)
        made = verified(attack(model, images, label, target), model, label, target)
        return stopped(attack, Stop(stop), problem, made).image

    one, same, small, large = (adversarial(factor) for factor in (2.0**-12, 2.0**-9, 1e-4, 1e6))
    assert torch.isfinite(one).all()
    if stop == "given":
        assert torch.equal(one, same)
    for other in (small, large, adversarial(1.0)):
        lengths = [(each - images).flatten(1).norm(dim=1) for each in (one, other)]
        torch.testing.assert_close(*lengths, rtol=0.03, atol=0)


def test_a_probability_is_asked_of_the_network_as_it_is(images):
    """With this goal the size of the logits is part of the question."""
    label = Tempered(1.0)(images).argmax(1)
    problem = Problem(Tempered(1e-3), images, label, (label + 1) % 5)
    assert LBFGSB(goal="confidence")._queries(problem).factor is None
    assert bool((LBFGSB()._queries(problem).factor > 1).all())


def test_probabilities_stay(images):
    model = nn.Sequential(Tempered(1.0), nn.Softmax(1))
    assert rescaling(model, images).tolist() == [1.0] * 6
