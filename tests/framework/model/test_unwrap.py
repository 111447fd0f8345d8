"""Weights as other tools write them: in checkpoints, and under the names of wrappers."""

from pathlib import Path

import pytest
import torch
from torch import nn

from advspace import AdvspaceError
from advspace.model.unwrap import fitting, unwrapped
from advspace.model.weights import digest, load_weights

INNER = {"1.weight": torch.ones(3, 4), "1.bias": torch.zeros(3)}


def net():
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 3))


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model", "net"])
def test_a_checkpoint_around_the_weights(key, tmp_path):
    one, other = net(), net()
    torch.save({"epoch": 3, "optimizer": {"state": {}}, key: one.state_dict(), "best": 0.5}, tmp_path / "net.pth")
    load_weights(other, tmp_path / "net.pth")
    assert digest(other) == digest(one)


@pytest.mark.parametrize(
    "prefix", ["module.", "_orig_mod.", "model.", "network.", "net.", "module._orig_mod.", "model._orig_mod.module."]
)
def test_the_names_of_wrappers_are_left_out(prefix):
    assert fitting({prefix + name: value for name, value in INNER.items()}, INNER).keys() == INNER.keys()


def test_what_a_lightning_module_has_beside_its_network_is_left_out():
    given = {f"model.{name}": value for name, value in INNER.items()} | {"loss.weight": torch.ones(3)}
    assert fitting(given, INNER) == INNER


def test_names_of_the_network_itself_are_kept():
    """A network may have a module of a wrapper's name, and the file may hold a wrapped copy of it too."""
    own = {"model.weight": torch.ones(2), "head.bias": torch.ones(2)}
    assert fitting(own, own) == own
    assert fitting({f"module.{name}": value for name, value in own.items()}, own) == own
    compiled = {"_orig_mod.weight": torch.ones(2)}
    assert fitting(compiled, compiled) == compiled


def test_nested_checkpoints():
    assert unwrapped({"model": {"state_dict": INNER}, "lr": 0.1}, Path("a.pt")) == INNER


@pytest.mark.parametrize(
    ("loaded", "got"),
    [
        ([1, 2], "got list"),
        ({}, "got nothing"),
        (
            {"generator": {"w": torch.ones(1)}, "step": 3},
            "got dict under 'generator'; none of its keys is state_dict, m",
        ),
        ({"1.weight": torch.ones(1), "1.note": "a"}, "got str under '1.note'"),
    ],
)
def test_what_holds_no_weights_is_refused(loaded, got):
    with pytest.raises(AdvspaceError, match=f"a.pt must hold a state_dict of tensors, {got}"):
        unwrapped(loaded, Path("a.pt"))
