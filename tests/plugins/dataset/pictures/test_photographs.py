"""The photographs that two packages ship."""

import sys

import pytest

from advspace import AdvspaceError, Preparation
from advspace.dataset.contract import UNLABELLED
from advspace_plugins.dataset.pictures.photographs import PLACES, Photographs
from advspace_plugins.dataset.pictures.wordnet import class_names

IDS = ["astronaut", "chelsea", "china", "coffee", "flower", "motorcycle", "rocket"]


@pytest.fixture
def images():
    pytest.importorskip("skimage", reason="the package scikit-image is not installed")


def test_seven_colour_photographs_without_labels(images):
    dataset = Photographs().prepared(Preparation(64, 48))
    batch = dataset.split("test").__getitems__(list(range(7)))
    assert batch.ids == IDS
    assert tuple(batch.image.shape) == (7, 3, 64, 48)
    assert set(batch.label.tolist()) == {UNLABELLED}
    assert dataset.classes == class_names()
    colour = (batch.image.amax(1) - batch.image.amin(1)).mean((1, 2))
    assert (colour > 0.1).all()


def test_training_needs_labels():
    with pytest.raises(AdvspaceError, match=r"dataset=photographs has no labels to train on; take a model that has"):
        Photographs().split("train")


def test_absent_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage", None)
    said = r"needs the package scikit-image, which is not installed; install it \(pip install 'advspace\[photographs\]'"
    with pytest.raises(AdvspaceError, match=said):
        Photographs().split("test")


def test_file_that_a_release_lacks(monkeypatch):
    monkeypatch.setitem(PLACES, "astronaut", (("sklearn", "datasets/images"), "gone.png"))
    with pytest.raises(AdvspaceError, match=r"there is no file .*gone.png; install scikit-learn again, or another"):
        Photographs().split("test")
