"""Which modules hand their output on as it is."""

import pytest
import torch
from torch import nn

from advspace.forward.module_pairs import module_pairs
from advspace.model.contract import freeze

IMAGES = torch.zeros(2, 3, 8, 8)


def pairs(network):
    return module_pairs(freeze(network), IMAGES, (nn.Conv2d,), (nn.BatchNorm2d,))


def conv():
    return nn.Conv2d(3, 3, 1)


class Block(nn.Module):
    """Calls its modules in another order than it lists them."""

    def __init__(self):
        super().__init__()
        self.norm, self.first, self.second = nn.BatchNorm2d(3), conv(), conv()

    def forward(self, image):
        return self.norm(self.second(self.first(image)))


class Shifted(nn.Module):
    """Changes the output in place on its way."""

    def __init__(self):
        super().__init__()
        self.convolution, self.norm = conv(), nn.BatchNorm2d(3)

    def forward(self, image):
        return self.norm(self.convolution(image).add_(1))


def test_pairs_are_found_by_what_is_called_not_by_what_is_listed():
    assert pairs(nn.Sequential(Block(), conv(), nn.BatchNorm2d(3))) == [("0.second", "0.norm"), ("1", "2")]


@pytest.mark.parametrize("between", [nn.Identity(), nn.Dropout(0.5)], ids=str)
def test_what_passes_the_output_on_does_not_part_them(between):
    assert pairs(nn.Sequential(conv(), between, nn.BatchNorm2d(3))) == [("0", "2")]


@pytest.mark.parametrize("between", [nn.ReLU(), nn.ReLU(inplace=True), nn.AvgPool2d(2)], ids=str)
def test_what_changes_it_does(between):
    assert pairs(nn.Sequential(conv(), between, nn.BatchNorm2d(3))) == []
    assert pairs(Shifted()) == []


def test_a_part_of_the_output_is_another_tensor():
    class Half(nn.Module):
        def forward(self, values):
            return values[:1]

    assert pairs(nn.Sequential(conv(), Half(), nn.BatchNorm2d(3))) == []


def test_who_is_called_twice_or_listened_to_is_left_out():
    shared = conv()
    assert pairs(nn.Sequential(shared, shared, nn.BatchNorm2d(3))) == []
    heard = conv()
    heard.register_forward_hook(lambda *_: None)
    assert pairs(nn.Sequential(heard, nn.BatchNorm2d(3))) == []
    network = nn.Sequential(conv(), nn.BatchNorm2d(3)).train()
    assert module_pairs(network, IMAGES, (nn.Conv2d,), (nn.BatchNorm2d,)) == []


def test_a_network_without_one_of_the_kinds_is_not_run():
    class Refuses(nn.Module):
        def forward(self, image):
            raise AssertionError("it was run")

    assert pairs(nn.Sequential(conv(), Refuses())) == []
    network = nn.Sequential(conv(), nn.BatchNorm2d(3))
    pairs(network)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
