"""Networks that answer at random, or by the company of an image."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from advspace import AdvspaceError
from advspace.errors import AdvspaceWarning
from advspace.model.contract import freeze
from advspace.model.examine import examined, has_gradient
from advspace.model.guard import Guarded

SHAPE = (1, 4, 4)


class Answering(nn.Module):
    """Logits by a function of the images' pixels and of a linear layer."""

    def __init__(self, answer, kind=torch.float32):
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Linear(16, 5).to(kind)
        self.answer = answer

    def forward(self, image):
        return self.answer(image.flatten(1), self.layer)


class StubbornDropout(nn.Dropout):
    def train(self, mode=True):
        self.training = True
        return self


def normed(pixels, layer):
    return layer(functional.batch_norm(pixels, None, None, training=True))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda pixels, layer: layer(functional.dropout(pixels, 0.3)), r"same images, got logits up to .* apart"),
        (lambda pixels, layer: layer(pixels) + 1e-3 * torch.randn(5), "same images"),
        (normed, r"any number of images at once, got an error for 1 after it took 3 \(Expected more than 1 value"),
        (
            lambda pixels, layer: layer(9 * (pixels - pixels.mean(0))),
            r"in any batch, got logits up to .* apart, where the largest is .*, and another class for . of 1",
        ),
        (lambda pixels, layer: layer(pixels) + torch.arange(len(pixels))[:, None], "in any batch"),
        (lambda pixels, layer: layer(pixels.view(3, 16)), r"after it took 3 \(shape .* is invalid"),
        (lambda pixels, layer: layer(pixels.view(8, 16)), r"cannot take images of shape .* \(shape .* is invalid"),
        (lambda pixels, layer: layer(pixels)[:, : len(pixels) + 1], "got 4 and 2 classes"),
    ],
)
def test_refused(answer, said):
    with pytest.raises(AdvspaceError, match=said) as caught:
        examined(freeze(Answering(answer)), SHAPE)
    assert "\n" not in str(caught.value)


def test_the_module_in_training_mode_is_named():
    network = freeze(nn.Sequential(nn.Flatten(), StubbornDropout(0.5), nn.Linear(16, 2)))
    with pytest.raises(AdvspaceError, match=r"such as dropout \(1 is in training mode\)$"):
        examined(network, SHAPE)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16, torch.float64])
def test_networks_of_other_precisions_pass(kind):
    """In low precision an image alone may differ by a rounding in each layer, and the logits are given in single."""
    rounding = torch.finfo(kind).eps

    def answer(pixels, layer):
        values = layer(pixels.to(kind))
        return values * (1 + rounding * (len(pixels) % 2))

    result = examined(Answering(answer, kind), SHAPE)
    assert result(torch.zeros(2, *SHAPE)).dtype == (torch.float64 if kind == torch.float64 else torch.float32)


def test_values_that_are_no_numbers_are_compared_as_such():
    assert isinstance(examined(Answering(lambda pixels, layer: layer(pixels) / 0), SHAPE), Answering)


def test_a_network_is_asked_without_another_draw_of_random_numbers():
    before = torch.get_rng_state()
    network = Answering(lambda pixels, layer: layer(pixels))
    torch.set_rng_state(before)
    assert examined(network, SHAPE) is network
    assert torch.equal(torch.get_rng_state(), before)


def test_what_writes_over_its_input_is_guarded():
    network = examined(Answering(lambda pixels, layer: layer(pixels.sub_(0.5))), SHAPE)
    assert isinstance(network, Guarded)


def in_numpy(pixels, layer):
    return layer(torch.from_numpy(pixels.numpy() * 1))


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        (lambda pixels, layer: layer(pixels), True),
        (torch.no_grad()(lambda pixels, layer: layer(pixels)), False),
        (torch.inference_mode()(lambda pixels, layer: layer(pixels)), False),
        (in_numpy, False),
    ],
)
def test_whether_there_is_a_gradient(answer, there):
    assert has_gradient(freeze(Answering(answer)), torch.ones(1, *SHAPE)) is there


def test_probabilities_are_warned_of():
    network = freeze(Answering(lambda pixels, layer: layer(pixels).softmax(1)))
    with pytest.warns(AdvspaceWarning, match="gives probabilities in the place of logits: .*; leave out its softmax"):
        assert examined(network, SHAPE) is network
