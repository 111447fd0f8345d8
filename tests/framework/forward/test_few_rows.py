"""Small batches with the bits of large ones, without further images."""

import pytest
import torch
from torch import nn

from advspace import answer
from advspace.forward.few_rows import FilledLinear, least_rows
from advspace.forward.padding import MIN_ROWS
from advspace.forward.prepare import prepare
from advspace.model.contract import freeze

CPU = torch.device("cpu")


class Seen(nn.Module):
    """Notes how many images each pass has."""

    def __init__(self):
        super().__init__()
        self.rows = []

    def forward(self, image):
        self.rows.append(len(image))
        return image


def layers(*more):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return freeze(nn.Sequential(Seen(), *(layer() for layer in more), nn.Flatten(), nn.ReLU()))


@pytest.fixture
def perceptron():
    return layers(nn.Flatten, lambda: nn.Linear(192, 64), nn.ReLU, lambda: nn.Linear(64, 16))


def test_few_images_have_the_bits_of_many(perceptron, generator, one_thread):
    images = torch.rand(MIN_ROWS, 3, 8, 8, generator=generator)
    network = prepare(perceptron, (3, 8, 8), CPU).network
    whole = answer(network, images)
    network[0].rows.clear()
    assert least_rows(network, images) == 1
    assert network[0].rows == [4, 4, 3, 3, 2, 2, 1, 1]  # measured, each without and with gradients
    for rows in ([3], [3, 1], [1, 2, 0]):
        assert torch.equal(answer(network, images[rows]), whole[rows])
    assert network[0].rows[8:] == [1, 2, 3]


def test_whatever_a_convolution_needs_is_measured(generator, one_thread):
    """Small convolutions have another kernel for one image, larger ones have not."""
    network = prepare(
        layers(lambda: nn.Conv2d(3, 8, 3), nn.Flatten, lambda: nn.Linear(288, 16)), (3, 8, 8), CPU
    ).network
    images = torch.rand(MIN_ROWS, 3, 8, 8, generator=generator)
    whole = answer(network, images)
    for rows in ([3], [3, 1], [1, 2, 0]):
        assert torch.equal(answer(network, images[rows]), whole[rows])


def test_it_is_measured_once(perceptron, generator):
    network = prepare(perceptron, (3, 8, 8), CPU).network
    image = torch.rand(1, 3, 8, 8, generator=generator)
    first = least_rows(network, image)
    network[0].rows.clear()
    assert least_rows(network, image) == first
    assert network[0].rows == []


def test_the_given_network_stays_and_still_gets_four(perceptron, generator):
    image = torch.rand(1, 3, 8, 8, generator=generator)
    prepare(perceptron, (3, 8, 8), CPU)
    assert not any(isinstance(layer, FilledLinear) for layer in perceptron)
    assert least_rows(perceptron, image) == MIN_ROWS


class Counts(nn.Module):
    """Rounds otherwise where there are fewer than three images, or gives no gradient."""

    def __init__(self, *, differentiable):
        super().__init__()
        self.differentiable = differentiable

    def forward(self, image):
        logits = image.flatten(1) + (1e-6 if len(image) < 3 else 0.0)
        return logits if self.differentiable else logits.detach()


@pytest.mark.parametrize(("differentiable", "least"), [(True, 3), (False, MIN_ROWS)])
def test_other_bits_or_no_gradient_need_more(differentiable, least):
    network = prepare(Counts(differentiable=differentiable), (1, 2, 2), CPU).network
    assert least_rows(network, torch.zeros(1, 1, 2, 2)) == least


def test_a_regression_stays_a_plain_linear_layer(linear):
    network = prepare(linear(torch.eye(4)), (1, 2, 2), CPU).network
    assert type(network[-1]) is nn.Linear
    assert least_rows(network, torch.zeros(1, 1, 2, 2)) == MIN_ROWS


@pytest.mark.parametrize("pixels", [25, 105, 106, 108])
def test_odd_numbers_of_inputs_have_the_same_bits_at_any_place(pixels, generator, one_thread):
    """Rows at odd addresses round otherwise where a layer has few outputs; in its gradient too."""
    images = torch.rand(9, 1, 1, pixels, generator=generator)
    network = prepare(layers(nn.Flatten, lambda: nn.Linear(pixels, 8)), (1, 1, pixels), CPU).network
    plain = layers(nn.Flatten, lambda: nn.Linear(pixels, 8))

    def both(chosen):
        point = chosen.clone().requires_grad_()
        logits = network(point)
        return logits.detach(), torch.autograd.grad(logits.logsumexp(1).sum(), point)[0]

    whole = both(images)
    torch.testing.assert_close(whole[0], plain(images))
    for rows in ([7, 7, 7, 7], [3, 5, 1, 7], [8, 1, 2, 0, 4]):
        for part, every in zip(both(images[rows]), whole, strict=True):
            assert torch.equal(part, every[rows])
