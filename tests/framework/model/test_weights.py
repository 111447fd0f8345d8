"""Weight files: whole, safe, fitting."""

import pickle

import pytest
import torch
from torch import nn

from advspace import AdvspaceError
from advspace.model.weights import digest, load_weights, read_metadata, save_weights


@pytest.fixture
def network():
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 3))


def test_round_trip(network, tmp_path):
    path = tmp_path / "net.safetensors"
    save_weights(network, path, {"epochs": 3, "settings": {"a": [1, 2]}})
    other = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    assert digest(other) != digest(network)
    load_weights(other, path)
    assert digest(other) == digest(network)
    assert read_metadata(path) == {"epochs": 3, "settings": {"a": [1, 2]}}


@pytest.mark.parametrize("wrap", [False, True])
def test_plain_state_dict_loads(network, tmp_path, wrap):
    torch.save({"state_dict": network.state_dict()} if wrap else network.state_dict(), tmp_path / "net.pt")
    other = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    load_weights(other, tmp_path / "net.pt")
    assert digest(other) == digest(network)


def test_wrong_shape_names_tensor_and_both_shapes(network, tmp_path):
    save_weights(nn.Sequential(nn.Flatten(), nn.Linear(5, 3)), tmp_path / "net.safetensors", {})
    with pytest.raises(AdvspaceError, match=r"tensor '1.weight' .* is \[3, 5\], the model needs \[3, 4\]"):
        load_weights(network, tmp_path / "net.safetensors")


def test_missing_and_unknown_tensors(network, tmp_path):
    save_weights(nn.Sequential(nn.Flatten(), nn.Linear(4, 3, bias=False)), tmp_path / "few.safetensors", {})
    with pytest.raises(AdvspaceError, match=r"lacks tensor '1.bias' \[3\]"):
        load_weights(network, tmp_path / "few.safetensors")
    save_weights(nn.Sequential(nn.Flatten(), nn.Linear(4, 3), nn.BatchNorm1d(3)), tmp_path / "many.safetensors", {})
    with pytest.raises(AdvspaceError, match=r"has tensors '2.bias' \[3\], .* and 2 more, the model has none"):
        load_weights(network, tmp_path / "many.safetensors")


def test_nan_weights(network, tmp_path):
    with torch.no_grad():
        network[1].weight[0, 0] = torch.nan
    save_weights(network, tmp_path / "net.safetensors", {})
    with pytest.raises(AdvspaceError, match=r"tensor '1.weight' of .* holds NaN"):
        load_weights(network, tmp_path / "net.safetensors")


class Bomb:
    def __reduce__(self):
        return (print, ("the code in the checkpoint ran",))


@pytest.mark.parametrize("how", [torch.save, lambda what, path: path.write_bytes(pickle.dumps(what, protocol=2))])
def test_code_in_a_checkpoint_is_refused_and_not_run(network, tmp_path, capsys, how):
    how({"1.weight": Bomb()}, tmp_path / "net.pt")
    with pytest.raises(AdvspaceError, match="holds Python code or objects"):
        load_weights(network, tmp_path / "net.pt")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["net.safetensors", "net.pt"])
@pytest.mark.parametrize("content", [b"", b"no weights at all"])
def test_damaged_file(network, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AdvspaceError, match=r"damaged|holds Python code"):
        load_weights(network, tmp_path / name)


def test_no_file(network, tmp_path):
    with pytest.raises(AdvspaceError, match=r"there is no file .*gone.pt"):
        load_weights(network, tmp_path / "gone.pt")


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_in_another_precision(network, tmp_path, kind):
    torch.save({name: value.to(kind) for name, value in network.state_dict().items()}, tmp_path / "net.pt")
    other = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    load_weights(other, tmp_path / "net.pt")
    assert other[1].weight.dtype == torch.float32
    assert torch.equal(other[1].weight, network[1].weight.to(kind).float())


def test_weights_in_integers(network, tmp_path):
    torch.save({name: value.to(torch.int8) for name, value in network.state_dict().items()}, tmp_path / "net.pt")
    with pytest.raises(AdvspaceError, match=r"'1.weight' of .* is torch.int8, the model needs torch.float32; give"):
        load_weights(network, tmp_path / "net.pt")


def test_another_architecture_names_the_first_tensors_on_both_sides(network, tmp_path):
    other = nn.Sequential(*(nn.Conv2d(1, 1, 1) for _ in range(2)), nn.Linear(1, 1))
    torch.save({f"f.{name}": value for name, value in other.state_dict().items()}, tmp_path / "net.pt")
    said = (
        r"lacks tensors '1.weight' \[3, 4\], '1.bias' \[3\] and has tensors 'f.0.weight' \[1, 1, 1, 1\], "
        r"'f.0.bias' \[1\], 'f.1.weight' \[1, 1, 1, 1\] and 3 more, the model has none; the file has the w"
    )
    with pytest.raises(AdvspaceError, match=said):
        load_weights(network, tmp_path / "net.pt")
