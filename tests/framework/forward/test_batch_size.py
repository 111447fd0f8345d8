"""How many probes a forward pass takes."""

import pytest
import torch
from torch import nn

from advspace.forward.batch_size import forward_batch_size, widest

CPU = torch.device("cpu")


def convolutions(channels):
    return nn.Sequential(nn.Conv2d(1, channels, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def test_widest_layer_of_one_image():
    network = convolutions(5)
    assert widest(network, (1, 8, 6)) == 5 * 8 * 6
    assert not any(module._forward_hooks for module in network.modules())


@pytest.mark.parametrize(
    ("setting", "channels", "device", "rows"),
    [("auto", 1, "cpu", 1000), ("auto", 800, "cpu", 100), ("auto", 60_000, "cpu", 4), ("auto", 800, "cuda", 1000)],
)
def test_as_many_as_the_caches_hold(setting, channels, device, rows):
    assert forward_batch_size(setting, convolutions(channels), (1, 10, 10), torch.device(device)) == rows


def test_bfloat16_takes_half_the_room():
    assert forward_batch_size("auto", convolutions(800), (1, 10, 10), CPU, "bf16-mixed") == 200


def test_a_number_is_that_number(linear):
    assert forward_batch_size(3, linear(torch.ones(2, 4)), (1, 2, 2), CPU) == 3
