"""The settings of the stop rule in the config of every attack."""

import pytest
from omegaconf import OmegaConf

from advspace import Attack, Stop
from advspace.errors import AdvspaceWarning, PluginError
from advspace.registry.components import Components
from advspace.registry.config import config_of
from advspace.registry.registry import installed, load

DEFAULTS = {"lbfgsb": "overshoot", "lbfgsb_scipy": "overshoot"}


@pytest.mark.parametrize(
    ("attack", "override", "said"),
    [
        ("lbfgsb", "attack.stop=early", "stop must be one of given, algorithm1, tight, overshoot, got 'early'"),
        ("linear_exact", "attack.overshoot=-1", "overshoot must be >= 0, got -1.0"),
        ("adv_lib", "attack.tolerance=0", "tolerance must be > 0, got 0.0"),
    ],
)
def test_refused_on_the_command_line(compose_config, attack, override, said):
    with pytest.raises(PluginError, match=f"^attack.{said}$"):
        Components.of(compose_config(f"attack={attack}", override))


@pytest.mark.parametrize("name", sorted(installed("attack")))
def test_the_config_of_every_attack_has_the_rule(name):
    config = OmegaConf.structured(config_of(name, load("attack", name)))
    assert (config.stop, config.tolerance, config.overshoot) == (DEFAULTS.get(name, "given"), 1e-3, 0.05)


THEIRS = """
from advspace import Attack
class Plugin(Attack):
    default_stop = "tight"
    def __call__(self, model, image, label, target):
        raise NotImplementedError
"""


def test_a_parameter_of_the_same_name_is_the_attacks_own():
    class Own(Attack):
        default_stop = Stop("tight")

        def __init__(self, stop: int = 3, steps: int = 7):
            self.stop, self.steps = stop, steps

    config = OmegaConf.structured(config_of("own", Own))
    assert config == {"plugin": "own", "stop": 3, "steps": 7, "tolerance": 1e-3, "overshoot": 0.05}


def test_a_default_that_is_no_rule_stops_nobody_but_its_users(compose_config, third_party):
    third_party("attack", "theirs", THEIRS)
    with pytest.warns(AdvspaceWarning, match="Plugin: default_stop must be an advspace.Stop, got 'tight'; it is left"):
        assert compose_config().attack.stop == "overshoot"
