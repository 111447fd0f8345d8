"""What timm alone has: options, nets of a fixed size."""

import torch

from advspace_plugins.model.pretrained.timm import Timm

SMALL = {"architecture": "test_resnet", "pretrained": False}  # 0.5 million parameters


def test_options_reach_timm():
    network = Timm(architecture="mobilenetv2_100", pretrained=False, options={"pad_type": "same"}).network(
        (3, 64, 64), 5
    )
    assert type(network.network.conv_stem).__name__ == "Conv2dSame"


def test_options_are_set_on_the_command_line(compose_config):
    config = compose_config(
        "model=timm", "+model.options.pad_type=same", "model.mean=[0.5]", "model.input_size=[3,9,9]"
    )
    assert config.model.options == {"pad_type": "same"}
    assert (config.model.mean, config.model.input_size) == ([0.5], [3, 9, 9])


def test_nets_of_fixed_size_are_built_for_the_images():
    model = Timm(architecture="test_vit", pretrained=False, input_size=(3, 96, 96))
    assert model.network((3, 96, 96), 5)(torch.rand(1, 3, 96, 96)).shape == (1, 5)
