"""What torchvision alone has: names with a tag for one of several weights, three channels, options."""

import pytest
import torch

from advspace import AdvspaceError
from advspace_plugins.model.pretrained.torchvision import TorchVision


def built(**settings):
    return TorchVision(pretrained=False, **settings)


def test_a_tag_names_weights_and_not_another_network():
    tagged, plain = (built(architecture=name) for name in ("squeezenet1_1.IMAGENET1K_V1", "squeezenet1_1"))
    assert tagged.preparation == plain.preparation
    with torch.device("meta"):
        networks = [model.network((3, 64, 64), 7) for model in (tagged, plain)]
    one, other = ({name: value.shape for name, value in network.state_dict().items()} for network in networks)
    assert one == other


def test_options_reach_torchvision():
    network = built(options={"dropout": 0.25}).network((3, 32, 32), 4)
    assert [layer.p for layer in network.modules() if isinstance(layer, torch.nn.Dropout)] == [0.25]
    with pytest.raises(
        AdvspaceError, match=r"torchvision cannot build squeezenet1_1 with model.options=\{'depth': 3\} \("
    ):
        built(options={"depth": 3}).network((3, 32, 32), 4)


def test_images_have_three_channels():
    with pytest.raises(AdvspaceError, match="squeezenet1_1 of torchvision takes images of 3 channels, got 1; choose"):
        built().network((1, 32, 32), 4)
