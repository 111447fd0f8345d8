"""CIFAR-10: torchvision reads files made here, whose checksums it is told; others are refused."""

import hashlib
import pickle

import numpy as np
import pytest
import torch
import torchvision.datasets

from advspace import AdvspaceError
from advspace.testing import check_dataset
from advspace_plugins.dataset.cifar10 import CIFAR10

EACH = 4
PIXELS = np.random.default_rng(0).integers(0, 256, (6 * EACH, 3, 32, 32), dtype=np.uint8)
LABELS = [number % 10 for number in range(6 * EACH)]
BATCHES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The files of a tiny CIFAR-10: red, green and blue planes, row by row, as its makers describe."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()

    def write(name, content):
        (folder / name).write_bytes(pickle.dumps(content))
        return hashlib.md5((folder / name).read_bytes()).hexdigest()

    sums = [
        [
            name,
            write(
                name, {"data": PIXELS[first : first + EACH].reshape(EACH, -1), "labels": LABELS[first : first + EACH]}
            ),
        ]
        for name, first in zip(BATCHES, range(0, 6 * EACH, EACH), strict=True)
    ]
    names = list(CIFAR10().classes)
    meta = {"filename": "batches.meta", "key": "label_names", "md5": write("batches.meta", {"label_names": names})}
    for attribute, value in (("train_list", sums[:5]), ("test_list", sums[5:]), ("meta", meta)):
        monkeypatch.setattr(torchvision.datasets.CIFAR10, attribute, value)
    return folder


def test_images_are_in_the_box_with_their_labels(files):
    dataset = CIFAR10(root=str(files.parent), download=False)
    check_dataset(dataset)
    train, test = dataset.split("train"), dataset.split("test")
    assert torch.equal((train.image * 255).round().to(torch.uint8), torch.from_numpy(PIXELS[: 5 * EACH]))
    assert torch.equal((test.image * 255).round().to(torch.uint8), torch.from_numpy(PIXELS[5 * EACH :]))
    assert test.label.tolist() == LABELS[5 * EACH :]
    assert train.image.shape[1:] == dataset.shape
    assert (train.ids[0], test.ids[-1]) == ("cifar10-train-00", "cifar10-test-3")
    assert len(dataset.classes) == 10


def test_files_that_are_there_are_not_fetched(files, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("asked the network"))
    assert len(CIFAR10(root=str(files.parent)).split("test")) == EACH


def test_the_folder_itself_may_be_the_root(files):
    assert len(CIFAR10(root=str(files), download=False).split("test")) == EACH


def test_other_forms_are_named(tmp_path):
    (tmp_path / "cifar-10-batches-bin").mkdir()
    with pytest.raises(AdvspaceError, match=r"\(cifar-10-batches-bin cannot be read: .*\); put"):
        CIFAR10(root=str(tmp_path), download=False).split("test")


def test_missing_files_say_what_to_put_where(tmp_path):
    with pytest.raises(
        AdvspaceError, match=r"CIFAR10 is missing or incomplete .*; put cifar-10-batches-py .* into .*or set"
    ):
        CIFAR10(root=str(tmp_path), download=False).split("train")


def test_damaged_file_is_not_opened(files):
    """Python's pickles are only read when their checksum is the published one."""
    (files / "data_batch_2").write_bytes(pickle.dumps({"data": PIXELS[:1], "labels": [0]}))
    with pytest.raises(AdvspaceError, match=r"CIFAR10 is missing or incomplete \(Dataset not found or corrupted"):
        CIFAR10(root=str(files.parent), download=False).split("test")


def test_no_network_says_what_to_put_where(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError("Network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(AdvspaceError, match=r"CIFAR10 could not be downloaded \(.*unreachable.*\); put cifar-10"):
        CIFAR10(root=str(tmp_path)).split("train")
