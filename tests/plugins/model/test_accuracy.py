"""Real weights on real photographs, through our plugins and timm's own transform."""

import pytest
import torch
from PIL import Image
from timm.data import create_transform

from advspace.model import freeze
from advspace.weights import load_weights
from advspace_plugins.model.timm_model import Timm
from advspace_plugins.model.torchvision_model import TorchVision


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
    ],
    ids=["timm", "torchvision"],
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
