"""Norms folded into weights, against the network as it was."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from advspace import Standardise, probe_images
from advspace.forward.folding import folded
from advspace.model.contract import freeze

SHAPE = (3, 12, 12)


class WithActivation(nn.BatchNorm2d):
    """A norm that holds the activation after it, as timm's do."""

    def __init__(self, channels):
        super().__init__(channels)
        self.activation = nn.SiLU()

    def forward(self, values):
        return self.activation(super().forward(values))


class Beside(nn.Module):
    """Uses the convolution's output once more, beside the norm."""

    def __init__(self):
        super().__init__()
        self.convolution, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

    def forward(self, image):
        values = self.convolution(image)
        return self.norm(values) + values


class Twice(nn.Module):
    """One convolution and one norm, on two images."""

    def __init__(self):
        super().__init__()
        self.convolution, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

    def forward(self, image):
        return self.norm(self.convolution(image)) + self.norm(self.convolution(image.flip(2)))


def network(*layers):
    """Layers with norms that change what they are given, and a linear end."""
    whole = nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(5))
    whole(torch.rand(2, *SHAPE))
    for module in whole.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.2, 3.0)
            if module.affine:
                nn.init.normal_(module.weight)
                nn.init.normal_(module.bias)
    return freeze(whole)


def standardise():
    result = Standardise()
    result.measure(torch.rand(1, *SHAPE) * 0.3)
    return result


def folds(module):
    return sum(isinstance(part, nn.BatchNorm2d | Standardise) for part in module.modules())


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6)],
        lambda: [nn.Conv2d(3, 6, 3, groups=3, bias=False), nn.BatchNorm2d(6, affine=False, eps=0.1)],
        lambda: [nn.Conv2d(3, 4, 3, stride=2, padding=1), WithActivation(4)],
        lambda: [standardise(), nn.Flatten(), nn.Linear(432, 7)],
        lambda: [standardise(), nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)],
    ],
)
def test_the_same_answers_without_norms(layers, generator):
    given = network(*layers())
    before = deepcopy(given.state_dict())
    result = folded(given, SHAPE)
    images = torch.rand(8, *SHAPE, generator=generator)
    torch.testing.assert_close(result(images), given(images), rtol=1e-4, atol=1e-5)
    assert folds(given) > folds(result) == 0
    assert all(torch.equal(tensor, before[name]) for name, tensor in given.state_dict().items())
    assert not any(parameter.requires_grad for parameter in result.parameters())


def test_in_double_precision_too(generator):
    given = network(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).double()
    images = torch.rand(2, *SHAPE, generator=generator).double()
    torch.testing.assert_close(folded(given, SHAPE)(images), given(images))


def listened_to():
    norm = nn.BatchNorm2d(4)
    norm.register_forward_hook(lambda _module, _inputs, output: output)
    return [nn.Conv2d(3, 4, 3), norm]


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [nn.Conv2d(3, 4, 3), nn.ReLU()],
        lambda: [nn.Conv2d(3, 4, 3), nn.ReLU(), nn.BatchNorm2d(4)],
        lambda: [nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.BatchNorm2d(4)],
        lambda: [nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 4, 3)), nn.BatchNorm2d(4)],
        lambda: [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, track_running_stats=False)],
        lambda: [standardise(), nn.Conv2d(3, 4, 3, padding=1)],
        lambda: [standardise(), nn.ReLU()],
        lambda: [Beside()],
        lambda: [Twice()],
        listened_to,
    ],
)
def test_left_as_it_is(layers):
    given = nn.Sequential(*layers(), nn.Flatten(), nn.LazyLinear(5))
    given(torch.rand(2, *SHAPE))
    for module in given.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            nn.init.normal_(module.running_mean)
    assert folded(freeze(given), SHAPE) is given


def test_a_run_computes_without_norms_and_finds_the_same(generator, monkeypatch):
    given = network(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
    images, seen = torch.rand(6, *SHAPE, generator=generator), []

    def fold(one, shape):
        seen.append(folded(one, shape))
        return seen[-1]

    monkeypatch.setattr("advspace.forward.prepare.folded", fold)
    result = probe_images(given, images, accelerator="cpu").probes
    monkeypatch.setattr("advspace.forward.prepare.folded", lambda one, shape: one)
    expected = probe_images(given, images, accelerator="cpu").probes
    assert folds(seen[0]) == 0
    assert len(result) == len(expected) > 0
    shares = ["share_target", "share_original"]
    assert (result[shares] - expected[shares]).abs().to_numpy().max() <= 0.05
