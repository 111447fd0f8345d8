"""What the tests of the batched attack share."""

import pytest
import torch
from torch import nn

from advspace.model.contract import freeze


@pytest.fixture(params=["linear", "deep"])
def batch(request, linear, generator):
    """A model, and images with targets, many of their pixels on the box."""
    if request.param == "linear":
        model = linear(torch.randn(10, 64, generator=generator), torch.randn(10, generator=generator))
    else:
        with torch.random.fork_rng():
            torch.manual_seed(3)
            layers = nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 32), nn.Tanh()
            model = freeze(nn.Sequential(*layers, nn.Linear(32, 10)))
            model[-1].weight.mul_(8)
    images = torch.rand(24, 1, 8, 8, generator=generator).sub(0.3).clamp(0, 1)
    label = model(images).argmax(1)
    return model, images, label, model(images).scatter(1, label[:, None], -torch.inf).argmax(1)
