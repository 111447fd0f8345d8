"""Resize and crop: to the bit what timm and PIL do."""

import numpy as np
import pytest
import torch
from PIL import Image
from timm.data import create_transform, resolve_data_config
from timm.models import get_pretrained_cfg

from advspace import Preparation
from advspace_plugins.dataset.pictures.decode import read_picture
from advspace_plugins.dataset.pictures.transform import prepare

PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}
MODELS = [
    "vgg11.tv_in1k",
    "resnet50.a1_in1k",
    "mobilenetv2_100.ra_in1k",
    "inception_v3.tv_in1k",
    "vit_base_patch16_siglip_256.webli",
]
ODD = [
    {"input_size": (3, 40, 64), "crop_pct": 0.8, "interpolation": "bilinear"},
    {"input_size": (3, 50, 50), "crop_pct": 0.9, "interpolation": "lanczos", "crop_mode": "squash"},
    {"input_size": (3, 50, 40), "crop_pct": 1.0, "interpolation": "nearest", "crop_mode": "border"},
]


def picture(width, height):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def as_preparation(config):
    _, height, width = config["input_size"]
    return Preparation(height, width, config["crop_pct"], config["interpolation"], config.get("crop_mode", "center"))


def data_config(name):
    return resolve_data_config(pretrained_cfg=get_pretrained_cfg(name).to_dict())


@pytest.mark.parametrize("config", [*map(data_config, MODELS), *ODD], ids=[*MODELS, "wide", "squash", "border"])
@pytest.mark.parametrize("size", [(500, 375), (61, 300)], ids=str)
def test_as_timm_without_normalisation(config, size):
    theirs = create_transform(**config | PLAIN)(picture(*size))
    assert torch.equal(prepare(picture(*size), as_preparation(config)), theirs)


def test_by_hand_as_pil():
    """500 x 375 to a height of 256, so a width of 341; the middle 224 of both."""
    resized = picture(500, 375).resize((341, 256), Image.Resampling.BICUBIC)
    left, top = round((341 - 224) / 2), (256 - 224) // 2
    expected = np.asarray(resized.crop((left, top, left + 224, top + 224))) / np.float32(255)
    result = prepare(picture(500, 375), Preparation(224, 224))
    assert np.array_equal(result.permute(1, 2, 0).numpy(), expected)


def test_border_is_black():
    result = prepare(Image.new("RGB", (100, 50), "white"), Preparation(40, 40, 1.0, "bilinear", "border"))
    assert result[:, 10:30].min() == 1
    assert result[:, :10].max() == result[:, 30:].max() == 0


@pytest.mark.data
def test_real_photographs_as_timm(real_data):
    config = data_config("resnet50.a1_in1k")
    theirs = create_transform(**config | PLAIN)
    for path in sorted(real_data.glob("imagenet_paper25/*/*_example1.jpg")):
        with Image.open(path) as photograph:
            expected = theirs(photograph.convert("RGB"))
        assert torch.equal(prepare(read_picture(path), as_preparation(config)), expected)
