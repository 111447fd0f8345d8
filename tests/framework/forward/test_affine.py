"""Logits along a ray, against the network's own on the points of the ray."""

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

from advspace.forward.affine import AffineNetwork
from advspace.forward.folding import folded
from advspace.model.contract import freeze
from advspace.model.standardise import Standardise

SHAPE = (2, 5, 4)


def regression(*before):
    return freeze(nn.Sequential(*before, nn.Flatten(), nn.Linear(40, 3)))


@pytest.mark.parametrize("network", [regression(), regression(nn.Identity()), folded(regression(Standardise()), SHAPE)])
def test_logits_are_those_of_the_points(network, generator):
    centers, directions = (torch.randn(count, *SHAPE, generator=generator) for count in (2, 7))
    points = centers[:, None] + torch.tensor([0.5, -30.0])[:, None, None, None, None] * directions
    affine = AffineNetwork.of(network)
    assert affine is not None
    result = affine.along(centers, directions, [0.5, -30.0])
    torch.testing.assert_close(result.flatten(0, 1), network(points.flatten(0, 1)), rtol=1e-4, atol=1e-4)


def test_images_in_another_memory_format(generator):
    network, images = regression(), torch.randn(3, *SHAPE, generator=generator)
    last = images.contiguous(memory_format=torch.channels_last)
    affine = AffineNetwork.of(network)
    assert affine is not None
    torch.testing.assert_close(affine.along(last, last, [1.0] * 3)[0, 0], network(2 * images[:1])[0])


def hooked():
    network = regression()
    network[1].register_forward_hook(lambda module, inputs, output: output.relu())
    return network


@pytest.mark.parametrize(
    "network",
    [
        nn.Sequential(),
        nn.Linear(4, 3),  # on rows of an image, not on whole ones
        nn.Sequential(nn.Linear(4, 3), nn.Flatten(), nn.Linear(30, 3)),
        nn.Sequential(nn.Flatten(2), nn.Linear(20, 3)),
        nn.Sequential(nn.Flatten(), nn.ReLU(), nn.Linear(40, 3)),
        nn.Sequential(nn.Flatten(), parametrizations.weight_norm(nn.Linear(40, 3))),
        regression(Standardise()),
        hooked(),
    ],
)
def test_other_networks_are_not_taken_for_affine(network):
    assert AffineNetwork.of(network) is None


def test_lower_precision_is_the_networks_own():
    with torch.autocast("cpu", torch.bfloat16):
        assert AffineNetwork.of(regression()) is None
