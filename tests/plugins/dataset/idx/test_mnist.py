"""MNIST's files: read packed and unpacked, damaged and missing; and the real ones."""

import gzip
import struct

import pytest
import torch
import torchvision.datasets
from torchvision.datasets import mnist as torchvisions

from advspace import AdvspaceError
from advspace_plugins.dataset.idx.mnist import FILES, MNIST, FashionMNIST
from advspace_plugins.dataset.idx.read import read_idx

PIXELS = torch.randint(0, 256, (20, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(20, dtype=torch.uint8) % 10


def idx(values):
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.numpy().tobytes()


@pytest.fixture
def files(tmp_path):
    """The four files of a tiny MNIST, packed."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for images, labels in FILES.values():
        (raw / f"{images}.gz").write_bytes(gzip.compress(idx(PIXELS)))
        (raw / f"{labels}.gz").write_bytes(gzip.compress(idx(LABELS)))
    return raw


def test_images_are_in_the_box_with_their_labels(files):
    split = MNIST(root=str(files.parents[1])).split("test")
    assert torch.equal((split.image * 255).round().to(torch.uint8)[:, 0], PIXELS)
    assert torch.equal(split.label, LABELS.long())
    assert split[3].id == "mnist-test-03"


@pytest.mark.parametrize("folder", ["MNIST/raw", "."])
def test_unpacked_files_are_read_as_torchvision_reads_them(files, folder, tmp_path):
    for packed in files.glob("*.gz"):
        plain = tmp_path / folder / packed.stem
        plain.write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
        assert torch.equal(read_idx(plain), torchvisions.read_sn3_pascalvincent_tensor(str(plain)))
    assert len(MNIST(root=str(tmp_path), download=False).split("train")) == 20


def test_padding_gives_the_papers_32_by_32(files):
    dataset = MNIST(root=str(files.parents[1]), padding=2)
    image = dataset.split("test").image
    assert image.shape[1:] == dataset.shape == (1, 32, 32)
    assert image.sum() == MNIST(root=str(files.parents[1])).split("test").image.sum()


def test_missing_files_say_what_to_put_where(tmp_path):
    with pytest.raises(AdvspaceError, match=r"train-images-idx3-ubyte is not in .*/raw; put .*t10k-labels"):
        MNIST(root=str(tmp_path), download=False).split("train")


def test_no_network_says_what_to_put_where(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError("Network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(AdvspaceError, match=r"FashionMNIST could not be downloaded .*; put train-images-idx3-ubyte.gz"):
        FashionMNIST(root=str(tmp_path)).split("train")


def test_missing_files_are_downloaded_once(tmp_path, files, monkeypatch):
    """Torchvision is asked; what it fetches is read, and the next time nothing is asked."""
    asked = []

    class Fetching:
        def __init__(self, root, *, download):
            asked.append((root, download))
            files.rename(tmp_path / "new" / "MNIST" / "raw")

    (tmp_path / "new" / "MNIST").mkdir(parents=True)
    monkeypatch.setattr(torchvision.datasets, "MNIST", Fetching)
    for _ in range(2):
        assert len(MNIST(root=str(tmp_path / "new")).split("test")) == 20
    assert asked == [(str(tmp_path / "new"), True)]


def test_files_in_other_forms_are_named(tmp_path):
    (tmp_path / "mnist.npz").write_bytes(b"")
    with pytest.raises(AdvspaceError, match=r"is not in .*/raw \(.*/mnist.npz cannot be read.*\); put"):
        MNIST(root=str(tmp_path), download=False).split("train")


@pytest.mark.parametrize("folder", ["MNIST", "raw"])
def test_folders_of_other_tools(files, tmp_path, folder):
    root = tmp_path / "other"
    root.mkdir()
    files.rename(root / folder)
    assert len(MNIST(root=str(root), download=False).split("train")) == 20


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("t10k-images-idx3-ubyte.gz", PIXELS[:, 1:], r"got \[20, 27, 28\] and \[20\]"),
        ("t10k-images-idx3-ubyte.gz", LABELS, r"got \[20\] and \[20\]"),
        ("t10k-labels-idx1-ubyte.gz", LABELS[1:], r"got \[20, 28, 28\] and \[19\]"),
        ("t10k-labels-idx1-ubyte.gz", PIXELS, r"got \[20, 28, 28\] and \[20, 28, 28\]"),
    ],
)
def test_files_of_other_shapes_are_refused(files, name, values, said):
    (files / name).write_bytes(gzip.compress(idx(values)))
    with pytest.raises(AdvspaceError, match=rf"MNIST: .*t10k-images.* and .*t10k-labels.* one label each, {said}"):
        MNIST(root=str(files.parents[1])).split("test")


def test_label_out_of_range(files):
    (files / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(LABELS + 1)))
    with pytest.raises(AdvspaceError, match=r"mnist-test: labels must be 0 \.\.\. 9, got 10 for image 9"):
        MNIST(root=str(files.parents[1])).split("test")


@pytest.mark.data
@pytest.mark.parametrize(
    ("kind", "folder", "classes"),
    [
        (MNIST, "mnist", [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]),
        (FashionMNIST, "fashion_mnist", 10 * [1000]),
    ],
)
def test_the_real_files(real_data, kind, folder, classes):
    """Counts per class as their makers publish them."""
    dataset = kind(root=str(real_data / folder), download=False)
    assert torch.bincount(dataset.split("test").label).tolist() == classes
    assert dataset.split("train").image.shape == (60_000, 1, 28, 28)
    assert len(dataset.classes) == 10
