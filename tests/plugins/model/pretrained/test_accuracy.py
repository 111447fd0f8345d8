"""Real weights on real photographs, through our plugins and timm's own transform."""

from collections import OrderedDict
from dataclasses import dataclass

import pytest
import torch
from PIL import Image
from timm.data import create_transform
from torch import nn

from advspace import Model, Preparation
from advspace.model.contract import freeze
from advspace.model.weights import load_weights
from advspace_plugins.model.pretrained.timm import Timm
from advspace_plugins.model.pretrained.torchvision import TorchVision


@dataclass(frozen=True, kw_only=True)
class TinyDarknet(Model):
    """A net that no library has, as another package would bring it: 3 x 3 and 1 x 1 convolutions and max pooling."""

    @property
    def preparation(self):
        return Preparation(height=224, width=224, crop=224 / 256, interpolation="bilinear", mode="center")

    def network(self, shape, classes):
        layers, channels = [], shape[0]
        stages = ("16.3", "32.3", "16.1 128.3 16.1 128.3", "32.1 256.3 32.1 256.3", "64.1 512.3 64.1 512.3 128.1")
        for number, stage in enumerate(stages):
            layers += [nn.MaxPool2d(2)] if number else []
            for layer in stage.split():
                width, kernel = map(int, layer.split("."))
                layers += [nn.Conv2d(channels, width, kernel, padding=kernel // 2), nn.LeakyReLU(0.1)]
                channels = width
        end = {"pool": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "classifier": nn.Linear(channels, classes)}
        return nn.Sequential(OrderedDict({"features": nn.Sequential(*layers)} | end))


@pytest.fixture
def photographs(real_data):
    """Paths of the 200 photographs, and their classes."""
    lines = (real_data / "imagenet_classes.tsv").read_text().splitlines()
    classes = {cells[1]: cells[0] for cells in (line.split("\t") for line in lines)}
    paths = sorted((real_data / "imagenet_sample").glob("*/*.JPEG"))
    return paths, torch.tensor([int(classes[path.parent.name]) for path in paths])


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "settings", "file", "expected"),
    [
        (
            Timm,
            {"architecture": "mobilenetv2_100", "interpolation": "bilinear"},
            "mobilenetv2_100.tv_int8deq_in1k",
            (0.815, 0.965),
        ),
        (
            TorchVision,
            {"architecture": "squeezenet1_1", "input_size": (3, 227, 227), "crop": 227 / 256},
            "squeezenet1_1.caffe_fp16_in1k",
            (0.645, 0.845),
        ),
        (TinyDarknet, {}, "tinydarknet.pjreddie_in1k", (0.66, 0.87)),
    ],
    ids=["timm", "torchvision", "own"],
)
def test_top1_and_top5_are_those_of_the_data_readme(real_data, photographs, kind, settings, file, expected):
    """Expected as the README of the data has it, to within one photograph of 200 (another decoder)."""
    model = kind(weights=str(real_data / "weights" / f"{file}.safetensors"), **settings)
    paths, labels = photographs
    wanted = model.preparation
    network = model.network((3, wanted.height, wanted.width), 1000)
    load_weights(network, real_data / "weights" / f"{file}.safetensors")
    size, how = (wanted.height, wanted.width), {"crop_pct": wanted.crop, "interpolation": wanted.interpolation}
    transform = create_transform(size, **how, crop_mode=wanted.mode, normalize=False)
    images = torch.stack([transform(Image.open(path).convert("RGB")) for path in paths]).float() / 255
    with torch.no_grad():
        logits = torch.cat([freeze(network)(batch) for batch in images.split(20)])
    first, five = logits.argmax(1) == labels, (logits.topk(5).indices == labels[:, None]).any(1)
    assert (first.float().mean().item(), five.float().mean().item()) == pytest.approx(expected, abs=0.0051)
