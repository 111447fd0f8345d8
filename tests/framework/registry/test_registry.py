"""Plugins are found, configured and built by name."""

import os
import tomllib
from copy import deepcopy

import pytest
from conftest import CONF, ROOT
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from advspace.errors import AdvspaceWarning, PluginError
from advspace.registry.config import config_of
from advspace.registry.registry import KINDS, build, installed, load, version

PRESETS = sorted(path.relative_to(CONF) for kind in KINDS for path in (CONF / kind).glob("*.yaml"))
SPARKLE = """
from advspace import Noise
class Plugin(Noise):
    def __init__(self, rate: float = 0.5, names: tuple[str, ...] = ("a",)):
        if rate < 0:
            raise ValueError(f"rate must be >= 0, got {rate}")
        self.rate, self.names = rate, names
    def sample(self, distortion, scale, draws, generator): ...
"""


def test_installed_matches_pyproject():
    """A stale editable install hides new plugins: run ``pip install -e .`` again."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    for group, points in declared.items():
        result = installed(group.removeprefix("advspace."))
        assert points == {name: result[name].value for name in points if name in result}


@pytest.mark.parametrize("preset", PRESETS, ids=str)
def test_preset_composes_and_is_no_plugin(compose_config, preset):
    """A preset that shares a plugin's name would refer to itself."""
    kind, name = str(preset.parent), preset.stem
    assert name not in installed(kind)
    assert build(kind, compose_config(f"{kind}={name}")[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_plugin_builds_from_its_own_config(compose_config, kind):
    for name in installed(kind):
        config = compose_config(f"{kind}={name}")[kind]
        config = config[name] if kind == "analysis" else config  # of which a run has several
        if missing := [key for key in config if OmegaConf.is_missing(config, key)]:
            with pytest.raises(PluginError, match=rf"'{name}': {missing[0]} must be given \({kind}.{missing[0]}=...\)"):
                build(kind, config)
        else:
            assert isinstance(build(kind, config), load(kind, name))


def test_third_party_needs_an_entry_point_and_nothing_else(compose_config, third_party):
    third_party("noise", "sparkle", SPARKLE)
    noise = build("noise", compose_config("noise=sparkle", "noise.rate=1", "noise.names=[b,c]").noise)
    assert noise.rate == 1.0
    assert isinstance(noise.rate, float)
    assert noise.names == ("b", "c")
    assert version("noise", "sparkle") == "thirdparty_plugin 1.0"


def test_a_refused_setting_names_plugin_rule_and_value(compose_config, third_party):
    third_party("noise", "sparkle", SPARKLE)
    with pytest.raises(PluginError, match=r"noise 'sparkle': rate must be >= 0, got -1.0"):
        build("noise", compose_config("noise=sparkle", "noise.rate=-1").noise)


def test_same_name_twice_names_both_packages(compose_config, third_party):
    third_party("noise", "gaussian", "class Plugin: ...\n", package="clash")
    with pytest.raises(PluginError, match=r"noise 'gaussian' names both .*clash.*uninstall one of them"):
        compose_config()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nothing_there\n", r"cannot be imported \(ModuleNotFoundError.*mend or uninstall broken"),
        ("class Plugin: ...\n", r"must be a subclass of advspace.Noise, got broken:Plugin"),
        ("Plugin = 7\n", r"must be a subclass of advspace.Noise, got broken:Plugin"),
    ],
)
def test_a_broken_package_stops_nobody_but_its_users(compose_config, third_party, source, said):
    third_party("noise", "broken", source, package="broken")
    with pytest.warns(AdvspaceWarning, match=said + ".*it is left out"):
        assert compose_config().noise.plugin == "gaussian"
    with pytest.warns(AdvspaceWarning, match=said):
        config = compose_config("noise=broken")
    with pytest.raises(PluginError, match=said):
        build("noise", config.noise)


def test_unknown_name_lists_the_installed_ones():
    with pytest.raises(PluginError, match=r"no noise is called 'pink'; installed: .*empirical, gaussian"):
        load("noise", "pink")


@pytest.mark.parametrize("signature", ["*args", "**kwargs", "a, /", "a=object()", "a: int = 'x'"])
def test_unconfigurable(signature):
    scope = {}
    exec(f"class Plugin:\n    def __init__(self, {signature}): ...", scope)
    with pytest.raises(PluginError, match="Plugin: a config cannot"):
        config_of("plugin", scope["Plugin"])


def test_copies_share_the_store_and_loaded_configs_stay_apart(compose_config):
    """Hydra copies its repository for each group it lists; what it loads for one run must not change the next."""
    compose_config()
    store = ConfigStore.instance()
    assert deepcopy({"store": store})["store"] is store
    store.load("probe/ladder.yaml").node.draws = 7
    assert store.load("probe/ladder.yaml").node.draws == 100
    assert compose_config("probe.draws=8").probe.draws == 8
    assert compose_config().probe.draws == 100


def test_a_package_that_comes_or_goes_while_python_runs_is_noticed(third_party):
    folder = third_party("noise", "sparkle", SPARKLE)
    assert "sparkle" in installed("noise")
    info = folder / "thirdparty_plugin-1.0.dist-info"
    info.rename(folder / "gone")
    os.utime(folder, ns=(1, 1))  # a file system may give two changes in one tick the same time
    assert "sparkle" not in installed("noise")
    (folder / "gone").rename(info)
    os.utime(folder, ns=(2, 2))
    assert "sparkle" in installed("noise")
