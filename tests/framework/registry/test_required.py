"""A run knows which packages its plugins came from, and says so when one of them is gone."""

import sys

import pytest
from omegaconf import OmegaConf

from advspace.errors import PluginError
from advspace.files.untrusted import read_json
from advspace.registry.required import require_plugins, write_plugins
from advspace.run.resume import resumed_config
from advspace.run_directory import RunDirectory

TWO_COINS = """
from advspace import Noise
class Plugin(Noise):
    def sample(self, distortion, scale, draws, generator): ...
"""


@pytest.fixture
def begun(compose_config, third_party, tmp_path):
    """A run directory as a run with somebody's noise leaves it from its first moment on."""
    folder = third_party("noise", "coins", TWO_COINS, package="two_coins")
    config = compose_config("noise=coins")
    directory = tmp_path / "run"
    write_plugins(directory, config)
    (directory / ".hydra").mkdir()
    OmegaConf.save(config, directory / ".hydra" / "config.yaml")
    return directory, folder


def test_distribution_and_version_are_noted_at_the_start(begun):
    noted = read_json(RunDirectory(begun[0]).plugins)
    assert noted["noise"] == {"name": "coins", "from": "two_coins 1.0"}
    assert noted["model"] == {"name": "logistic", "from": "advspace 0.1.0"}
    assert set(noted) == {"dataset", "model", "attack", "noise", "probe"}


def test_a_plugin_that_is_gone_names_its_package(begun, compose_config, monkeypatch):
    directory, folder = begun
    today = compose_config(f"resume={directory}")
    assert resumed_config(today, []).noise.plugin == "coins"
    monkeypatch.setattr("sys.path", [place for place in sys.path if place != str(folder)])
    said = (
        rf"the run in {directory} used noise 'coins' of two_coins 1.0, which is not installed; "
        r"install it \(pip install two_coins==1.0\)"
    )
    with pytest.raises(PluginError, match=said):
        resumed_config(today, [])


def test_a_run_that_noted_nothing(begun, compose_config, monkeypatch):
    directory, folder = begun
    config = compose_config("noise=coins")
    RunDirectory(directory).plugins.unlink()
    monkeypatch.setattr("sys.path", [place for place in sys.path if place != str(folder)])
    with pytest.raises(PluginError, match="used noise 'coins', which no installed package has; install the package"):
        require_plugins(directory, config)


def test_what_a_run_began_with_stays(begun, compose_config):
    before = RunDirectory(begun[0]).plugins.read_text()
    write_plugins(begun[0], compose_config("noise=uniform"))
    assert RunDirectory(begun[0]).plugins.read_text() == before


def test_a_run_and_a_training_leave_the_note(run, compose_config, store, tmp_path):
    from advspace.run.train import run_train

    result = run("images=1", "probe.draws=1", "probe.scales=[1.0]")
    assert read_json(RunDirectory(result.directory).plugins)["probe"]["name"] == "ladder"
    config = compose_config("model.epochs=1", "tracking=off", f"cache={store}", name="train")
    run_train(config, tmp_path / "training", "")
    assert set(read_json(RunDirectory(tmp_path / "training").plugins)) == {"dataset", "model"}
