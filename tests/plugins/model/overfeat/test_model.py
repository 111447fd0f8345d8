"""`overfeat_like`: the fast net on photographs, its sequence of layers on small images."""

import pytest
import torch
from torch import nn

from advspace import AdvspaceError, Preparation, Standardise
from advspace.model.contract import checked_logits, freeze
from advspace_plugins.model.overfeat.model import OverFeatLike
from advspace_plugins.model.overfeat.network import FAST, OverFeat


def test_overfeat_like_is_the_fast_net_on_photographs():
    with torch.device("meta"):
        network = OverFeatLike().network((3, 231, 231), 1000)
        wanted = OverFeat(FAST).state_dict()
    assert {name: value.shape for name, value in network.state_dict().items()} == {
        name: value.shape for name, value in wanted.items()
    }
    assert OverFeatLike().preparation == Preparation(231, 231, crop=1.0, interpolation="bilinear")


def test_overfeat_like_standardises_photographs_as_overfeat():
    network = OverFeatLike(width=0.02).network((3, 231, 231), 5)
    seen = []
    network.network.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0]))
    grey_levels = torch.randint(0, 256, (2, 3, 231, 231)).float()
    checked_logits(freeze(network), grey_levels / 255, 5)
    torch.testing.assert_close(seen[0], (grey_levels - 118.380948) / 61.896913)
    assert not any(isinstance(layer, Standardise) for layer in network.modules())


def test_width_defaults_to_an_eighth_on_small_images_and_one_on_photographs():
    assert OverFeatLike().network((1, 8, 8), 10)[1].out_channels == 12
    with torch.device("meta"):
        assert OverFeatLike().network((3, 231, 231), 10).network.features[0].out_channels == 96


def test_overfeat_like_has_overfeats_sequence():
    network = OverFeatLike(width=1.0).network((3, 16, 16), 1000)
    kinds = [type(layer).__name__ for layer in network if not isinstance(layer, nn.ReLU | nn.Dropout | Standardise)]
    assert kinds == [
        *("Conv2d", "MaxPool2d", "Conv2d", "MaxPool2d", "Conv2d", "Conv2d", "Conv2d", "MaxPool2d"),
        *("Flatten", "Linear", "Linear", "Linear"),
    ]
    assert [layer.out_channels for layer in network if isinstance(layer, nn.Conv2d)] == [96, 256, 512, 1024, 1024]
    assert [layer.out_features for layer in network if isinstance(layer, nn.Linear)] == [3072, 4096, 1000]


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((3, 7, 8), "overfeat_like needs images of 8 x 8 to 64 x 64, or of at least 231 x 231, got 7 x"),
        ((3, 65, 64), "overfeat_like needs images of .*, got 65 x 64; choose another model"),
        ((3, 230, 231), "overfeat_like needs images of .*, got 230 x 231; choose another model"),
    ],
)
def test_images_that_do_not_fit(shape, said):
    with pytest.raises(AdvspaceError, match=said):
        OverFeatLike().network(shape, 10)
