"""A network behind its normalisation: what it computes, and what its weights are called."""

import torch
from torch import nn

from advspace_plugins.model.normalised import Normalised

MEAN, STD = (0.5, 0.25, 0.0), (0.5, 0.25, 2.0)


def test_each_channel_is_normalised_by_its_own_mean_and_deviation():
    network = Normalised(nn.Flatten(), MEAN, STD)
    image = torch.tensor([1.0, 0.5, 1.0]).reshape(1, 3, 1, 1)
    assert network(image).tolist() == [[1.0, 1.0, 0.5]]


def test_weights_keep_the_networks_own_names():
    """A file of the bare network loads, also within another module, and mean and deviation are in no file."""
    bare = nn.Sequential(nn.Flatten(), nn.Linear(3, 2))
    whole = Normalised(nn.Sequential(nn.Flatten(), nn.Linear(3, 2)), MEAN, STD)
    assert list(whole.state_dict()) == list(bare.state_dict()) == ["1.weight", "1.bias"]
    whole.load_state_dict(bare.state_dict())
    torch.testing.assert_close(whole.network[1].weight, bare[1].weight)
    outer = nn.ModuleDict({"inner": whole})
    assert list(outer.state_dict()) == ["inner.1.weight", "inner.1.bias"]
    outer.load_state_dict({name: torch.zeros_like(value) for name, value in outer.state_dict().items()})
    assert not whole.network[1].weight.any()
    assert whole.mean.flatten().tolist() == list(MEAN)
