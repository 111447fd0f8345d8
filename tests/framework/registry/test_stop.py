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
import torch
from torch.nn.functional import cross_entropy
from advspace import Adversarial, Attack, aims, answer, margin
class Plugin(Attack):
    def __init__(self, lead: float = 2.0, tolerance: int = 100):
        self.lead, self.tolerance = lead, tolerance
    def __call__(self, model, image, label, target):
        moved, wanted = image, aims(label, target, 10)
        for _ in range(self.tolerance):
            point = moved.clone().requires_grad_()
            (slope,) = torch.autograd.grad(cross_entropy(model(point), target, reduction="sum"), point)
            short = margin(answer(model, moved), wanted) < self.lead
            step = (moved - 0.02 * slope / slope.flatten(1).norm(dim=1)[:, None, None, None]).clamp(0, 1)
            moved = torch.where(short[:, None, None, None], step, moved)
        lead = margin(answer(model, moved), wanted)
        good, nan = lead > 0, torch.full_like(lead, torch.nan)
        image = torch.where(good[:, None, None, None], moved, torch.nan)
        reason = tuple("" if won else "too few steps" for won in good.tolist())
        return Adversarial(image, good, reason, nan, lead, torch.full_like(label, self.tolerance))
"""


def test_a_parameter_of_the_same_name_is_the_attacks_own():
    class Own(Attack):
        default_stop = Stop("tight")

        def __init__(self, stop: int = 3, steps: int = 7):
            self.stop, self.steps = stop, steps

    config = OmegaConf.structured(config_of("own", Own))
    assert config == {"plugin": "own", "stop": 3, "steps": 7, "tolerance": 1e-3, "overshoot": 0.05}


def test_a_default_that_is_no_rule_stops_nobody_but_its_users(compose_config, third_party):
    third_party("attack", "theirs", THEIRS + '    default_stop = "tight"\n')
    with pytest.warns(AdvspaceWarning, match="Plugin: default_stop must be an advspace.Stop, got 'tight'; it is left"):
        assert compose_config().attack.stop == "overshoot"
