"""A network that is there already, as a model."""

import torch
from torch import nn

from advspace.model.existing import GivenNetwork


def test_a_frozen_copy_does_the_work_and_the_given_network_stays_as_it_was():
    given = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.Linear(4, 3)).train()
    model = GivenNetwork(given=given)
    copy = model.network((1, 2, 2), 3)
    assert model.trained
    assert given.training
    assert all(parameter.requires_grad for parameter in given.parameters())
    image = torch.rand(5, 1, 2, 2)
    torch.testing.assert_close(copy(image), given[2](image.flatten(1)))
    with torch.no_grad():
        copy[2].weight.zero_()
    assert given[2].weight.any()
