"""Plugins are found, configured and built by name."""

import pytest

from advspace.errors import AdvspaceWarning, PluginError
from advspace.registry.registry import build, load, version

SPARKLE = """
from advspace import Noise
class Plugin(Noise):
    def __init__(self, rate: float = 0.5, names: tuple[str, ...] = ("a",)):
        if rate < 0:
            raise ValueError(f"rate must be >= 0, got {rate}")
        self.rate, self.names = rate, names
    def sample(self, distortion, scale, draws, generator): ...
"""


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
