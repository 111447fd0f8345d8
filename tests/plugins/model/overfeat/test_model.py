"""OverFeat's two nets: layers and parameters by published sizes, thresholds, timm's registry, the official files."""

import subprocess
import sys

import numpy as np
import pytest
import timm
import torch
from torch import nn

import advspace_plugins.model.overfeat.timm_models  # noqa: F401 (makes them models of timm)
from advspace import AdvspaceError, Preparation, Standardise
from advspace.model.contract import checked_logits, freeze
from advspace.model.weights import load_weights, read_metadata
from advspace_plugins.model.overfeat import weights as overfeat_weights
from advspace_plugins.model.overfeat.model import OverFeatLike
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
# places in the raw file at which each weight and each bias begins, in floats
OFFSETS = {
    "overfeat_fast": [
        *(0, 34848, 34944, 649344, 649600, 1829248, 1829760, 6548352, 6549376, 15986560, 15987584, 129233792),
        *(129236864, 141819776, 141823872, 145919872),
    ],
    "overfeat_accurate": [
        *(0, 14112, 14208, 1218432, 1218688, 2398336, 2398848, 4758144, 4758656, 9477248, 9478272, 18915456),
        *(18916480, 123774080, 123778176, 140555392, 140559488, 144655488),
    ],
}
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


def test_timm_knows_config_and_keywords():
    network = timm.create_model("overfeat_fast", num_classes=7, in_chans=1, width=0.02, drop_rate=0.5)
    config = timm.data.resolve_model_data_config(network)
    assert config["input_size"] == (3, 231, 231)
    assert config["mean"] == pytest.approx((118.380948 / 255,) * 3)
    assert config["std"] == pytest.approx((61.896913 / 255,) * 3)
    assert network(torch.rand(2, 1, 231, 231)).shape == (2, 7)
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.5, 0.5]
    assert "overfeat_accurate" in timm.list_models("overfeat*")


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


@pytest.mark.parametrize("name", OFFSETS)
def test_each_weight_begins_where_the_published_offsets_say(name, tmp_path):
    """A file of zeros (it takes no room on the disk) with a mark at each offset."""
    raw = tmp_path / "net_weight"
    with raw.open("wb") as file:
        file.truncate(4 * PARAMETERS[name])
        for mark, offset in enumerate(OFFSETS[name], start=1):
            file.seek(4 * offset)
            file.write(np.float32(mark).tobytes())
    assert overfeat_weights.name_of(raw) == name
    network = overfeat_weights.empty(overfeat_weights.VARIANTS[name])
    overfeat_weights.fill(network, raw)
    starts = [parameter.flatten()[0].item() for parameter in network.parameters()]
    assert starts == list(range(1, len(OFFSETS[name]) + 1))


def test_raw_layout_of_a_narrow_net(tmp_path):
    """Write the file convolution by convolution; the filled net computes what the written one does."""
    wanted = OverFeat(FAST, num_classes=9, width=0.02).eval()
    raw = tmp_path / "raw"
    with raw.open("wb") as file:
        for layer in wanted.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.normal_(layer.bias)
                file.write(layer.weight.detach().numpy().astype("<f4").tobytes("C"))
                file.write(layer.bias.detach().numpy().astype("<f4").tobytes())
    network = OverFeat(FAST, num_classes=9, width=0.02).eval()
    overfeat_weights.fill(network, raw)
    image = torch.rand(1, 3, 231, 231)
    torch.testing.assert_close(network(image), wanted(image), rtol=0, atol=0)
    raw.write_bytes(raw.read_bytes()[:-4])
    with pytest.raises(AdvspaceError, match=r"must have [\d,]+ bytes, got [\d,]+; fetch it again"):
        overfeat_weights.fill(network, raw)


def test_order_sorts_the_classes(tmp_path):
    network = OverFeat(FAST, num_classes=3, width=0.02).eval()
    image = torch.rand(1, 3, 231, 231)
    before = network(image)[0]
    order = tmp_path / "order.txt"
    order.write_text("n03\nn01\nn02\n")
    overfeat_weights.sort_classes(network, order)
    torch.testing.assert_close(network(image)[0], before[[1, 2, 0]])
    order.write_text("n03\nn01\nn03\n")
    with pytest.raises(AdvspaceError, match=r"must name 3 WordNet ids once each, got 3 \(2 different\)"):
        overfeat_weights.sort_classes(network, order)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (4 * 145_920_871, r"must have 583,683,488 \(overfeat_fast\) or 578,625,952 \(overfeat_accurate\) bytes, got "),
        (None, r"there is no file .*net_weight_0; give OverFeat's net_weight_0 or net_weight_1"),
    ],
)
def test_raw_file_of_another_size_or_none(tmp_path, size, said):
    raw = tmp_path / "net_weight_0"
    if size:
        with raw.open("wb") as file:
            file.truncate(size)
    with pytest.raises(AdvspaceError, match=said):
        overfeat_weights.main([str(raw), str(tmp_path / "net.safetensors")])


@pytest.mark.slow
def test_full_size_file_is_converted_and_loads(tmp_path, capsys):
    raw, target = tmp_path / "net_weight_0", tmp_path / "overfeat_fast.safetensors"
    values = np.memmap(raw, "<f4", "w+", shape=(PARAMETERS["overfeat_fast"],))
    values[-1000:] = np.arange(1000)  # the last bias
    values.flush()
    overfeat_weights.main([str(raw), str(target)])
    assert capsys.readouterr().out.startswith(f"overfeat_fast in {target}; its classes are in OverFeat's own order")
    assert read_metadata(target)["architecture"] == "overfeat_fast"
    network = OverFeatLike().network((3, 231, 231), 1000)
    load_weights(network, target)
    logits = checked_logits(freeze(network), torch.rand(1, 3, 231, 231), 1000)
    torch.testing.assert_close(logits[0], torch.arange(1000.0))


def test_timm_knows_both_nets_once_their_module_is_imported():
    """Also where timm was imported before it."""
    code = """
import timm, advspace_plugins.model.overfeat.timm_models
assert timm.is_model("overfeat_fast") and timm.is_model("overfeat_accurate")
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_the_timm_plugin_knows_both_nets_by_itself():
    """In a process that has imported nothing else."""
    code = """
from advspace_plugins.model.pretrained.timm import Timm
sides = [Timm(architecture=f"overfeat_{name}").preparation.height for name in ("fast", "accurate")]
assert sides == [231, 221], sides
model = Timm(architecture="overfeat_fast", pretrained=False, options={"width": 0.02})
assert model.network((3, 231, 231), 7).network.num_classes == 7
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_advspace_alone_imports_no_library_of_models():
    code = """
import sys, advspace
heavy = {"timm", "torchvision", "pandas", "advspace_plugins"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
