"""Weights that are kept are found again by all that they depend on."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from advspace import AdvspaceError
from advspace.dataset.in_memory import InMemoryImages
from advspace.errors import AdvspaceWarning
from advspace.model.weights import read_metadata
from advspace.training.store import folder_of, keep, ready_network, weights_path
from advspace_plugins.model.logistic import Logistic

NAMES, LOGISTIC = ("mine", "logistic"), Logistic()
IMAGES = InMemoryImages(torch.linspace(0, 1, 8 * 12).reshape(8, 3, 2, 2), torch.arange(8) % 2, ["left", "right"])


def path(model=LOGISTIC, images=IMAGES, names=NAMES):
    return weights_path(Path("store"), names, model, images)


def test_the_same_weights_have_the_same_name():
    assert path() == path(Logistic())
    assert path(Logistic(weights="file.pt")) == path()
    assert path().parent == Path("store/weights")
    assert path().name.startswith("mine-logistic-")


@pytest.mark.parametrize(
    "changed",
    [
        {"model": Logistic(epochs=3)},
        {"model": Logistic(seed=1)},
        {"images": replace(IMAGES, names=["left", "wrong"])},
        {"images": replace(IMAGES, label=1 - IMAGES.label)},
        {"images": replace(IMAGES, image=IMAGES.image.flip(0))},
        {"images": replace(IMAGES, image=IMAGES.image.reshape(8, 3, 4, 1))},
        {"names": ("other", "logistic")},
    ],
)
def test_whatever_they_depend_on_makes_them_others(changed):
    assert path(**changed) != path()


def test_they_are_trained_once_and_found_again(tmp_path):
    trained = []

    def train():
        trained.append(Logistic().network((3, 2, 2), 2))
        return trained[-1], {"error": 0.25}

    first, second = (ready_network(Logistic(), IMAGES, NAMES, tmp_path, train) for _ in range(2))
    assert (first.source, second.source, len(trained)) == ("trained now", "kept", 1)
    assert read_metadata(second.path) == {"error": 0.25}
    torch.testing.assert_close(second.network[2].weight, trained[0][2].weight, rtol=0, atol=0)
    assert not any(parameter.requires_grad for each in (first, second) for parameter in each.network.parameters())


def untrained():
    raise AssertionError("it was trained")


def test_given_weights_are_taken(tmp_path):
    network = Logistic().network((3, 2, 2), 2)
    keep(network, tmp_path / "given.safetensors", {})
    model = Logistic(weights=str(tmp_path / "given.safetensors"))
    ready = ready_network(model, IMAGES, NAMES, tmp_path, untrained)
    assert (ready.source, ready.path) == ("given", tmp_path / "given.safetensors")
    torch.testing.assert_close(ready.network[2].bias, network[2].bias, rtol=0, atol=0)


def test_photographs_are_not_trained_on_in_passing(tmp_path):
    photographs = InMemoryImages(torch.zeros(2, 1, 65, 4), torch.tensor([0, 1]), ["left", "right"])
    with pytest.raises(
        AdvspaceError, match=r"no weights yet for logistic on mine; .* \(python train.py dataset=mine mod"
    ):
        ready_network(Logistic(), photographs, NAMES, tmp_path, untrained)


def flipped(path):
    torn = bytearray(path.read_bytes())
    torn[-1] ^= 1
    path.write_bytes(torn)


def without_checksum(path):
    save_file(load_file(path), path)


def of_another(path):
    keep(Logistic().network((3, 2, 2), 5), path, {})


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (flipped, "it is damaged or renamed: its checksum does not fit"),
        (without_checksum, "it has no checksum, as files of older versions"),
        (of_another, "model.weights: tensor '2.weight' of .* the model needs .*"),
    ],
)
def test_kept_weights_that_cannot_be_used_are_trained_again(tmp_path, harm, said):
    def train():
        return Logistic().network((3, 2, 2), 2), {}

    kept = ready_network(Logistic(), IMAGES, NAMES, tmp_path, train).path
    harm(kept)
    with pytest.warns(AdvspaceWarning, match=rf"^the weights in {kept} cannot be used \({said}\); they are trained"):
        again = ready_network(Logistic(), IMAGES, NAMES, tmp_path, train)
    assert again.source == "trained now"
    assert ready_network(Logistic(), IMAGES, NAMES, tmp_path, untrained).source == "kept"


def test_photographs_are_not_trained_on_again_in_passing(tmp_path):
    photographs = InMemoryImages(torch.zeros(2, 1, 65, 4), torch.tensor([0, 1]), ["left", "right"])
    kept = weights_path(tmp_path, NAMES, Logistic(), photographs)
    keep(Logistic().network((1, 65, 4), 2), kept, {})
    assert ready_network(Logistic(), photographs, NAMES, tmp_path, untrained).source == "kept"
    flipped(kept)
    with pytest.raises(AdvspaceError, match=rf"^the weights in {kept} cannot be used \(it is damaged .*\(python train"):
        ready_network(Logistic(), photographs, NAMES, tmp_path, untrained)


def test_without_a_cache_they_stay_with_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert folder_of("off", tmp_path) == tmp_path
    assert folder_of("~/cache", tmp_path) == Path("/home/me/cache")
