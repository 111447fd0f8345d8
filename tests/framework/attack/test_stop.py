"""Where an attack stops, after any attack: distances to flat boundaries, and what is left alone."""

import re
from dataclasses import replace

import pandas as pd
import pytest
import torch
from given_attack import Given, distance, stage
from hydra.errors import ConfigCompositionException
from omegaconf import OmegaConf

from advspace import UNTARGETED, AdvspaceError, Problem, Stop
from advspace.attack.stop import STOPS
from advspace.errors import PluginError
from advspace.registry.components import Components
from advspace.registry.registry import build


@pytest.mark.parametrize("untargeted", [False, True])
@pytest.mark.parametrize("tolerance", [1e-1, 1e-3, 1e-5])
def test_tight_ends_within_the_tolerance_of_the_boundary(plane, tolerance, untargeted):
    """The margin grows evenly along a segment: 1.5 times the lead over 1.5 times the boundary's distance."""
    problem, adversarial, boundary = plane
    if untargeted:
        problem = replace(problem, target=torch.full_like(problem.target, UNTARGETED))
    raw, made = stage(Stop("tight", tolerance), problem, Given(adversarial))
    assert made.success.all()
    assert ((made.margin > 0) & (made.margin <= tolerance)).all()
    slope = raw.margin.double() / (distance(raw, problem) - boundary)
    assert (distance(made, problem) >= boundary - 1e-5).all()
    assert (distance(made, problem) <= boundary + tolerance / slope + 1e-5).all()
    cosine = torch.cosine_similarity((made.image - problem.image).flatten(1), (adversarial - problem.image).flatten(1))
    assert (cosine > 1 - 1e-6).all()


@pytest.mark.parametrize("share", [0.0, 0.05, 0.4])
def test_overshoot_is_that_share_of_the_boundarys_distance_beyond(plane, share):
    problem, adversarial, boundary = plane
    _, made = stage(Stop("overshoot", 1e-6, share), problem, Given(adversarial))
    assert made.success.all()
    assert distance(made, problem).tolist() == pytest.approx(((1 + share) * boundary).tolist(), rel=5e-5)
    assert made.depth.tolist() == pytest.approx([share] * 6, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("share", "pixels", "depth"),
    [(0.5, [0.3 + 0.14**0.5, 1.0], 0.5), (10.0, [1.0, 1.0], (0.53 / 0.08) ** 0.5 - 1)],
)
def test_the_depth_is_reached_although_the_box_holds_a_pixel(linear, share, pixels, depth):
    """One pixel carries the class.  Another, which the attack moved by as much, ends at the edge of the box."""
    model = linear(torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([0.5, 0.0]))
    problem = Problem(model, torch.tensor([[[[0.3, 0.8]]]]), torch.tensor([0]), torch.tensor([1]))
    _, made = stage(Stop("overshoot", 1e-7, share), problem, Given(torch.tensor([[[[0.50001, 1.0]]]])))
    assert made.image.flatten().tolist() == pytest.approx(pixels, abs=5e-5)
    assert made.depth.tolist() == pytest.approx([depth], rel=1e-3)


class Band(torch.nn.Module):
    """The second class between 0.5 and 0.6 of the only pixel."""

    def forward(self, image):
        lead = 0.05 - (image.flatten(1) - 0.55).abs()
        return torch.cat([torch.zeros_like(lead), lead], 1)


@pytest.mark.parametrize(("share", "pixel", "depth"), [(0.3, 0.56, 0.3), (0.6, 0.5, 0.0)])
def test_beyond_the_end_of_the_region_the_image_stays_on_the_boundary(share, pixel, depth):
    problem = Problem(Band(), torch.tensor([[[[0.3]]]]), torch.tensor([0]), torch.tensor([1]))
    _, made = stage(Stop("overshoot", 1e-6, share), problem, Given(torch.tensor([[[[0.58]]]])))
    assert made.success.all()
    assert made.image.item() == pytest.approx(pixel, abs=1e-4)
    assert made.depth.item() == pytest.approx(depth, rel=1e-2)


def test_logits_of_any_size_reach_the_same_depth(plane):
    """A thousandth of a logit is far from the boundary if the logits are small."""
    problem, adversarial, boundary = plane
    cold = torch.nn.Sequential(problem.model, torch.nn.Linear(2, 2, bias=False))
    cold[1].weight.data = 1e-4 * torch.eye(2)
    _, made = stage(Stop("overshoot"), replace(problem, model=cold), Given(adversarial))
    assert distance(made, problem).tolist() == pytest.approx((1.05 * boundary).tolist(), rel=2e-4)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (("early",), "^stop must be one of given, algorithm1, tight, overshoot, got 'early'$"),
        (("tight", 0.0), "^tolerance must be > 0, got 0.0$"),
        (("tight", float("nan")), "^tolerance must be > 0, got nan$"),
        (("overshoot", 1e-3, -0.1), "^overshoot must be >= 0, got -0.1$"),
    ],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=said):
        Stop(*settings)


@pytest.mark.parametrize("rule", STOPS)
def test_every_attack_takes_every_rule(compose_config, rule):
    stop = Components.of(compose_config("attack=adv_lib_ddn", f"attack.stop={rule}", "attack.overshoot=1")).stop
    assert stop == Stop(rule, 1e-3, 1.0)


def test_an_older_config_that_lacks_the_settings(compose_config):
    """A run of an earlier version goes on with what its attack did then."""
    config = compose_config("attack=linear_exact")
    config.attack = OmegaConf.create({"plugin": "linear_exact", "margin": 1e-4, "overshoot": 0.0})
    assert Components.of(config).stop == Stop("given", 1e-3, 0.0)


def test_unknown_settings_are_refused_still(compose_config):
    with pytest.raises(ConfigCompositionException):
        compose_config("attack.stops=tight")
    with pytest.raises(PluginError, match=r"attack 'lbfgsb': .*unexpected keyword argument 'stops'"):
        build("attack", OmegaConf.create({"plugin": "lbfgsb", "stop": "tight", "stops": "tight"}))
    with pytest.raises(PluginError, match=r"noise 'gaussian': .*unexpected keyword argument 'stop'"):
        build("noise", OmegaConf.create({"plugin": "gaussian", "stop": "tight"}))


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


def test_a_third_partys_attack_gets_it_for_nothing(run, third_party, capsys, own_cache):
    """Its own `tolerance` is its own; runs that differ in the stop alone attack once."""
    third_party("attack", "theirs", THEIRS)
    settings = ("attack=theirs", "probe.scales=[0.5]", "probe.box=none", f"cache={own_cache()}")
    said, result = {}, {}
    for rule in ("given", "tight", "overshoot"):
        override = () if rule == "given" else (f"attack.stop={rule}",)
        result[rule] = run(*settings, *override)
        said[rule] = re.search("adversarial images: (.*) found in .*, (.*) attacked now", capsys.readouterr().err)
        assert result[rule].images["success"].all()
        assert result[rule].summary["settings"]["attack"] == {
            "plugin": "theirs",
            "lead": 2.0,
            "tolerance": 100,
            "stop": rule,
            "overshoot": 0.05,
        }
    assert [text.groups() for text in said.values()] == [("0", "8"), ("8", "0"), ("8", "0")]
    given, tight, overshoot = (result[rule].images for rule in ("given", "tight", "overshoot"))
    assert (given["margin"] > 1.0).all()
    assert ((tight["margin"] > 0) & (tight["margin"] <= 1e-3)).all()
    assert (tight["l2"] < 0.99 * given["l2"]).all()
    assert overshoot["depth"].tolist() == pytest.approx([0.05] * len(overshoot), rel=0.01)
    assert (overshoot["l2"] / tight["l2"]).between(1.049, 1.051).all()
    assert given["depth"].isna().all()
    assert (tight["depth"] == 0).all()
    assert (overshoot["margin"] > tight["margin"]).all()
    alone = run(*settings[:3], "attack.stop=overshoot", "batch_size=3")
    means = ["forwards", "padding"]  # of the batch, because the attack does not count them
    pd.testing.assert_frame_equal(alone.images.drop(columns=means), overshoot.drop(columns=means))
    pd.testing.assert_frame_equal(alone.probes, result["overshoot"].probes)


@pytest.mark.parametrize("attack", ["lbfgsb", "lbfgsb_scipy"])
def test_a_confidence_is_the_boundary_of_a_run_that_wants_it(run, attack):
    wanted = ("attack.goal=confidence", "attack.confidence=0.9", "attack.stop=tight", "attack.tolerance=1e-3")
    result = run(f"attack={attack}", *wanted, "images=3", "probe.scales=[1.0]", "probe.draws=1")
    assert result.images["success"].all()
    assert (result.images["margin"] > 2.0).all()


def test_grey_levels_come_after_the_stop(run, own_cache, capsys):
    """`l2_unquantised` is the distance where the rule stops; the gradients are those of search and quantising."""
    cache = f"cache={own_cache()}"
    few = ("images=4", "probe.scales=[1.0]", "probe.draws=1", "attack.quantise=8bit", cache)
    tight, beyond = (run(*few, *stop).images for stop in (["attack.stop=tight"], ["attack.overshoot=0.1"]))
    assert "4 found" in capsys.readouterr().err
    plain = run(*(setting for setting in few if "quantise" not in setting), "attack.overshoot=0.1").images
    assert (beyond["l2_unquantised"] / tight["l2_unquantised"]).between(1.02, 1.1 + 1e-4).all()
    assert beyond["l2_unquantised"].tolist() == pytest.approx(plain["l2"].tolist())
    assert (beyond["evaluations"] == plain["evaluations"] + 13).all()
    assert tight["survives_8bit"].all()
    assert (beyond["l2"] > tight["l2"]).all()
