"""The softmax regression: one linear layer on standardised pixels."""

import torch
from torch.nn import functional

from advspace_plugins.model.logistic import Logistic


def test_parameters_are_counted_by_hand():
    network = Logistic().network((1, 28, 28), 10)
    assert sum(parameter.numel() for parameter in network.parameters()) == 784 * 10 + 10


def test_it_is_linear_in_standardised_pixels():
    network = Logistic().network((3, 4, 5), 6)
    network[0].mean.fill_(0.25)
    network[0].deviation.fill_(0.5)
    image = torch.rand(2, 3, 4, 5)
    weight, bias = network.parameters()
    expected = functional.linear((image.flatten(1) - 0.25) / 0.5, weight, bias)
    torch.testing.assert_close(network(image), expected)
