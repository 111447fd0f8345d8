"""Files of weights, by their content: read, or the true reason why not."""

import argparse
import gzip

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import nn

from advspace import AdvspaceError
from advspace.model.weight_file import read_weight_file

TENSORS = {"w": torch.arange(3.0)}


@pytest.mark.parametrize("name", ["net.safetensors", "net.bin", "net.pth.tar"])
def test_the_content_decides_and_not_the_suffix(name, tmp_path):
    for write in (lambda path: path.write_bytes(save(TENSORS)), lambda path: torch.save(TENSORS, path)):
        write(tmp_path / name)
        assert torch.equal(read_weight_file(tmp_path / name)["w"], TENSORS["w"])


@pytest.mark.parametrize("size", range(60, 70))
def test_a_header_of_any_length(size, tmp_path):
    """The length of the header is the first byte of the file; 60 is that of `<`, with which a web page begins."""
    (tmp_path / "net").write_bytes(save({"w" * (size - 52): torch.zeros(1)}))
    assert len(read_weight_file(tmp_path / "net")) == 1


def script(path):
    torch.jit.save(torch.jit.script(nn.Linear(2, 2)), path)


def numpy(path, write, **arrays):
    with path.open("wb") as file:
        write(file, **arrays)


@pytest.mark.filterwarnings("ignore:.*torch.jit")
@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: torch.save(nn.Linear(2, 2), path), r"holds Python code or objects \(torch.nn.modules.linear.Lin"),
        (lambda path: torch.save({"a": argparse.Namespace(), **TENSORS}, path), r"objects \(argparse.Namespace\), not"),
        (script, "is a TorchScript program, which holds code, and is refused"),
        (lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\n"), "is a pointer of Git LFS"),
        (lambda path: path.write_text("\n<!DOCTYPE html><html>"), "is a web page or XML; download the file itself"),
        (lambda path: path.write_bytes(gzip.compress(b"weights")), "is compressed with gzip; unpack it first"),
        (lambda path: numpy(path, np.savez, w=np.ones(2)), r"is an archive of other files \(w.npy\)"),
        (lambda path: numpy(path, np.save, arr=np.ones(2)), "is a NumPy array"),
        (lambda path: path.write_bytes(b"\x89HDF\r\n"), "is an HDF5 file"),
        (lambda path: path.write_bytes(save(TENSORS)[:-4]), "is damaged or not a weight file"),
        (lambda path: path.write_bytes(b""), "is damaged or not a weight file"),
        (lambda path: path.write_bytes(b"PK\x03\x04 cut"), "is damaged or not a weight file"),
    ],
)
def test_the_true_reason(write, said, tmp_path):
    write(tmp_path / "net.pt")
    with pytest.raises(AdvspaceError, match=said) as caught:
        read_weight_file(tmp_path / "net.pt")
    assert str(caught.value).startswith(f"model.weights: {tmp_path / 'net.pt'} ")
    assert "\n" not in str(caught.value)
