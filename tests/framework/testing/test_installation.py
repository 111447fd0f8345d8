"""A plugin has an entry point, and a constructor that makes a config."""

import importlib

import pytest

from advspace.testing.clauses import ContractError, Subject
from advspace.testing.installation import check_settings
from advspace_plugins.noise.gaussian import Gaussian

COIN = """
from advspace import Noise
class Plugin(Noise):
    def __init__(self, bias: float = 0.5):
        if bias > BOUND:
            raise ValueError(f"bias must be <= BOUND, got {bias}")
    def sample(self, distortion, scale, draws, generator): ...
class Unnamed(Plugin): ...
"""


@pytest.fixture
def coin(third_party):
    """Install a noise; gives its module."""

    def installed(bound=1.0):
        third_party("noise", "coin", COIN.replace("BOUND", str(bound)), package="their_coin")
        return importlib.import_module("their_coin")

    return installed


def test_a_named_class_with_defaults(coin):
    check_settings(Subject("noise", Gaussian()), named=True)
    check_settings(Subject("noise", coin().Plugin()), named=True)


def test_a_class_that_no_entry_point_names(coin):
    unnamed = Subject("noise", coin().Unnamed())
    with pytest.raises(
        ContractError, match=r'be named under \[project.entry-points."advspace.noise"\] of its pyproject'
    ):
        check_settings(unnamed, named=True)
    check_settings(unnamed, named=False)


def test_defaults_that_are_refused(coin):
    plugin = coin(0.25).Plugin(0.1)
    with pytest.raises(
        ContractError, match=r"be built from its own defaults, got PluginError: .*bias must be <= 0.25, got"
    ):
        check_settings(Subject("noise", plugin), named=True)


def test_a_constructor_that_is_no_config():
    class Open(Gaussian):
        def __init__(self, **settings): ...

    with pytest.raises(ContractError, match=r"have a constructor that makes a config: .*cannot set"):
        check_settings(Subject("noise", Open()), named=False)
