"""OverFeat's two nets: layers and parameters by published sizes, and their thresholds."""

import pytest
import timm
import torch
from torch import nn

import advspace_plugins.model.overfeat.timm_models  # noqa: F401 (makes them models of timm)
from advspace_plugins.model.overfeat.network import ACCURATE, FAST, OverFeat

# in, out, kernel, stride, padding, pooling of the authors' Torch code
LAYERS = {
    "overfeat_fast": [
        (3, 96, 11, 4, 0, 2),
        (96, 256, 5, 1, 0, 2),
        (256, 512, 3, 1, 1, 0),
        (512, 1024, 3, 1, 1, 0),
        (1024, 1024, 3, 1, 1, 2),
        (1024, 3072, 6, 1, 0, 0),
        (3072, 4096, 1, 1, 0, 0),
        (4096, 1000, 1, 1, 0, 0),
    ],
    "overfeat_accurate": [
        (3, 96, 7, 2, 0, 3),
        (96, 256, 7, 1, 0, 2),
        (256, 512, 3, 1, 1, 0),
        (512, 512, 3, 1, 1, 0),
        (512, 1024, 3, 1, 1, 0),
        (1024, 1024, 3, 1, 1, 3),
        (1024, 4096, 5, 1, 0, 0),
        (4096, 4096, 1, 1, 0, 0),
        (4096, 1000, 1, 1, 0, 0),
    ],
}


PARAMETERS = {"overfeat_fast": 145_920_872, "overfeat_accurate": 144_656_488}


SIDES = {"overfeat_fast": 231, "overfeat_accurate": 221}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_and_parameters_are_the_published_ones(name):
    with torch.device("meta"):
        network = timm.create_model(name)
        logits = network(torch.empty(2, 3, SIDES[name], SIDES[name]))
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.MaxPool2d)]
    result = []
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            assert layer.bias is not None
            sizes = (layer.in_channels, layer.out_channels, layer.kernel_size[0], layer.stride[0], layer.padding[0], 0)
            result.append(sizes)
        else:
            assert layer.kernel_size == layer.stride
            result[-1] = (*result[-1][:5], layer.kernel_size)
    assert result == LAYERS[name]
    by_hand = sum(after * before * kernel**2 + after for before, after, kernel, *_ in LAYERS[name])
    assert sum(parameter.numel() for parameter in network.parameters()) == by_hand == PARAMETERS[name]
    assert logits.shape == (2, 1000)


@pytest.mark.parametrize(("variant", "expected"), [(FAST, [0.0, 0.0, 0.0, 2e-6]), (ACCURATE, [1e-6, 1e-6, 5e-7, 2e-6])])
def test_thresholds_are_those_of_the_authors_loader(variant, expected):
    threshold = next(layer for layer in OverFeat(variant, width=0.02).modules() if isinstance(layer, nn.Threshold))
    values = torch.tensor([-1.0, 0.0, 5e-7, 2e-6])
    torch.testing.assert_close(threshold(values), torch.tensor(expected), rtol=0, atol=0)


def test_last_convolution_leaves_one_place():
    for variant in (FAST, ACCURATE):
        network = OverFeat(variant, width=0.02).eval()
        assert network.features(torch.rand(1, 3, variant.side, variant.side)).shape[2:] == (1, 1)
