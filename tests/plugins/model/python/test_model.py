"""model=python: a function of the user's in a run."""

import sys

import pytest
import torch

from advspace import AdvspaceError, Preparation
from advspace.model.contract import freeze
from advspace.model.weights import load_weights, save_weights
from advspace.testing import check_model
from advspace_plugins.model.python.model import Python

SHAPE, CLASSES = (3, 2, 2), 4


@pytest.fixture
def mine(user_module):
    return user_module("net_of_a_user")


def network(**settings):
    return freeze(Python(**settings).network(SHAPE, CLASSES))


def test_keeps_the_contract(mine):
    check_model(Python(path="net_of_a_user:Net"), shape=SHAPE, classes=CLASSES)
    check_model(Python(path="net_of_a_user:random", pretrained=False), shape=SHAPE, classes=CLASSES)


def test_pixels_are_given_as_they_are_or_normalised(mine):
    image, weight = torch.rand(5, *SHAPE), torch.arange(48.0).reshape(4, 12)
    plain = network(path="net_of_a_user:build", kwargs={"weight": 2.0})
    torch.testing.assert_close(plain(image), image.flatten(1) @ (2 * weight).T)
    shifted = network(path="net_of_a_user:Net", mean=(0.5, 0.4, 0.3), std=(0.25,))
    wanted = (image - torch.tensor([0.5, 0.4, 0.3])[:, None, None]) / 0.25
    torch.testing.assert_close(shifted(image), wanted.flatten(1) @ weight.T)


def test_pictures_have_the_size_given():
    assert Python(path="a:b").preparation is None
    given = Python(path="a:b", input_size=(3, 96, 128), crop=1.0)
    assert given.preparation == Preparation(96, 128, 1.0, "bicubic", "center")
    with pytest.raises(AdvspaceError, match="crop and interpolation need a size; give input_size as well"):
        Python(path="a:b", crop=1.0)


def test_random_weights_are_refused(mine, tmp_path):
    said = r"net_of_a_user:random returns random weights \('1.weight' differs when .*; give a file .*pretrained=false"
    with pytest.raises(AdvspaceError, match=said):
        network(path="net_of_a_user:random")
    trained = network(path="net_of_a_user:random", pretrained=False)
    save_weights(trained, tmp_path / "net.safetensors", {})
    given = network(path="net_of_a_user:random", weights=str(tmp_path / "net.safetensors"))
    load_weights(given, tmp_path / "net.safetensors")
    image = torch.rand(2, *SHAPE)
    assert torch.equal(given(image), trained(image))


def test_other_code_is_another_model(mine):
    """The key of kept weights and adversarial images holds the settings."""
    model = Python(path="net_of_a_user:Net")
    before = model.settings
    assert model.settings == before
    mine.write_text(mine.read_text().replace("image.flatten(1)", "image.flatten(1) ** 2"))
    assert model.settings != before
    assert Python(path="torch.nn:Linear").settings["source"] == f"torch {torch.__version__}"


def test_a_run_with_a_file_in_the_current_directory(call, tmp_path, quick_conclusion, monkeypatch):
    """Digits, with the text of the setting as a user writes it; the program's own folder is another."""
    monkeypatch.setattr("sys.path", [*sys.path])
    (tmp_path / "digits_of_a_user.py").write_text(
        "import torch\nfrom torch import nn\n\ndef build(width, seed=None):\n"
        "    seed is None or torch.manual_seed(seed)\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(64, width), nn.Tanh(), nn.Linear(width, 10))\n"
    )
    mine = ("model=python", "model.path=digits_of_a_user:build", "tracking=off", "images=1", "analysis=[]")
    done = call("probe", *mine, "model.kwargs={width: 16, seed: 1}", "probe.draws=10")
    assert done.returncode == 0, done.stderr
    assert "digits, python, lbfgsb" in done.stdout
    done = call("probe", *mine, "model.kwargs.width=16")
    assert "error: model.path: digits_of_a_user:build returns random weights" in done.stderr
