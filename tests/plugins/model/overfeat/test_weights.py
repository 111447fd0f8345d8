"""The authors' weight files, converted."""

import numpy as np
import pytest
import torch
from torch import nn

from advspace import AdvspaceError
from advspace.model.contract import checked_logits, freeze
from advspace.model.weights import load_weights, read_metadata
from advspace_plugins.model.overfeat import weights as overfeat_weights
from advspace_plugins.model.overfeat.model import OverFeatLike
from advspace_plugins.model.overfeat.network import FAST, OverFeat

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
