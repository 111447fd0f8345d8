"""Where an attack stops, after any attack: distances to flat boundaries, and what is left alone."""

import re
from dataclasses import replace

import pandas as pd
import pytest
import torch
from hydra.errors import ConfigCompositionException
from omegaconf import OmegaConf

from advspace import UNTARGETED, Adversarial, AdvspaceError, Attack, Problem, Stop
from advspace.attack.stop import STOPS
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified
from advspace.errors import AdvspaceWarning, PluginError
from advspace.registry.components import Components
from advspace.registry.config import config_of
from advspace.registry.registry import build, installed, load

DEFAULTS = {"lbfgsb": "overshoot", "lbfgsb_scipy": "overshoot"}


class Given(Attack):
    """Hands over the images it was made with; NaN is a failure."""

    def __init__(self, image):
        self.image = image

    def __call__(self, model, image, label, target):
        good = self.image.isfinite().flatten(1).all(1)
        nan = torch.full((len(image),), torch.nan)
        reason = tuple("" if won else "out of luck" for won in good.tolist())
        return Adversarial(self.image, good, reason, nan, nan, torch.arange(len(image)))


@pytest.fixture
def plane(linear, generator):
    """Two classes and images far from the box; adversarials in any direction, and their share up to the boundary."""
    weight = torch.randn(2, 64, generator=generator)
    image = 0.5 + 0.01 * torch.randn(6, 1, 8, 8, generator=generator)
    behind = (image.flatten(1) @ (weight[0] - weight[1])).min().item() - 0.5
    model = linear(weight, torch.tensor([0.0, behind]))
    normal = weight[1] - weight[0]
    direction = normal / normal.norm() + 0.1 * torch.randn(6, 64, generator=generator)
    lead = (model(image)[:, 0] - model(image)[:, 1]).double()
    share = lead / (direction.double() @ normal.double())
    assert (lead > 0).all()
    adversarial = image + (2.5 * share.float()[:, None] * direction).reshape(image.shape)
    assert ((adversarial > 0.05) & (adversarial < 0.95)).all()
    label = torch.zeros(6, dtype=torch.int64)
    return Problem(model, image, label, label + 1), adversarial, share * direction.double().norm(dim=1)


def stage(stop, problem, attack):
    made = verified(attack(problem.model, problem.image, problem.label, problem.target), problem.model, *aim(problem))
    return made, stopped(attack, stop, problem, made)


def aim(problem):
    return problem.label, problem.target


def distance(made, problem):
    return (made.image.double() - problem.image.double()).flatten(1).norm(dim=1)


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
    assert distance(made, problem).tolist() == pytest.approx(((1 + share) * boundary).tolist(), rel=2e-5)


def test_beyond_stays_in_the_box(linear):
    """One pixel carries the class; another, which the attack moved along, ends at the edge of the box."""
    model = linear(torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([0.5, 0.0]))
    problem = Problem(model, torch.tensor([[[[0.3, 0.8]]]]), torch.tensor([0]), torch.tensor([1]))
    _, made = stage(Stop("overshoot", 1e-7, 0.5), problem, Given(torch.tensor([[[[0.5001, 1.0]]]])))
    assert made.image.flatten().tolist() == pytest.approx([0.6, 1.0], abs=1e-5)


@pytest.mark.parametrize("rule", ["given", "algorithm1"])
def test_where_the_attack_ends_nothing_is_moved(plane, rule):
    problem, adversarial, _ = plane
    raw, made = stage(Stop(rule, 1e-5, 0.5), problem, Given(adversarial))
    assert made is raw
    assert torch.equal(made.image, adversarial)


@pytest.mark.parametrize("rule", ["tight", "overshoot"])
def test_failures_stay_and_change_nobodys_result(plane, one_thread, rule):
    problem, adversarial, _ = plane
    spoilt = adversarial.clone()
    spoilt[1], spoilt[4] = torch.nan, problem.image[4]
    _, whole = stage(Stop(rule), problem, Given(adversarial))
    _, made = stage(Stop(rule), problem, Given(spoilt))
    assert made.success.tolist() == [True, False, True, True, False, True]
    assert made.reason[1] == "out of luck"
    assert made.reason[4] == "the attack claims success but the model gives class 0"
    assert made.image[[1, 4]].isnan().all()
    good = made.success
    for name in ("image", "margin", "evaluations", "reached"):
        assert torch.equal(getattr(made, name)[good], getattr(whole, name)[good])
    _, none = stage(Stop(rule), problem, Given(torch.full_like(adversarial, torch.nan)))
    assert none.reason == ("out of luck",) * 6


@pytest.mark.parametrize("rule", ["tight", "overshoot"])
def test_the_same_in_any_batch(plane, one_thread, rule):
    problem, adversarial, _ = plane
    _, whole = stage(Stop(rule), problem, Given(adversarial))
    for rows in ([3], [5, 0], [4, 1, 2, 0, 5]):
        some = Problem(problem.model, problem.image[rows], problem.label[rows], problem.target[rows])
        _, made = stage(Stop(rule), some, Given(adversarial[rows]))
        assert torch.equal(made.image, whole.image[rows])
        assert torch.equal(made.margin, whole.margin[rows])


class Ahead(Given):
    """Wants a lead of one logit, and rounds to tenths where that keeps it."""

    def score_at(self, problem):
        score = super().score_at(problem)
        return lambda point: score(point) - 1.0

    def after_stop(self, problem, made, stop):
        rounded = (made.image * 10).round() / 10
        reached = made.success & (self.score_at(problem)(rounded.nan_to_num(0)) > 0)
        lost = (made.success & ~reached).tolist()
        return replace(
            made,
            image=torch.where(reached[:, None, None, None], rounded, torch.nan),
            success=reached,
            reason=tuple("no tenths" if gone else why for why, gone in zip(made.reason, lost, strict=True)),
            evaluations=made.evaluations + 7,
            extra={"unrounded": distance(made, problem).float(), "beyond": torch.full((3,), stop.beyond)},
        )


def test_an_attacks_own_goal_and_what_it_does_afterwards(linear):
    """The lead is ten times the first pixel less five: none of it at 0.5, one logit at 0.6."""
    model = linear(torch.tensor([[0.0, 0.0], [10.0, 0.0]]), torch.tensor([5.0, 0.0]))
    image = torch.tensor([[0.2, 0.1], [0.2, 0.1], [0.2, 0.1]]).reshape(3, 1, 1, 2)
    adversarial = torch.tensor([[0.95, 0.1], [0.54, 0.1], [torch.nan, 0.1]]).reshape(3, 1, 1, 2)
    problem = Problem(model, image, torch.zeros(3).long(), torch.ones(3).long())
    _, made = stage(Stop("tight", 1e-4), problem, Given(adversarial))
    assert made.image[0].flatten().tolist() == pytest.approx([0.5, 0.1], abs=2e-5)
    _, made = stage(Stop("overshoot", 1e-5, 0.25), problem, Ahead(adversarial))
    assert made.success.tolist() == [True, False, False]
    assert made.reason == ("", "no tenths", "out of luck")
    assert made.image[0].flatten().tolist() == pytest.approx([0.7, 0.1])
    assert made.margin[0] == pytest.approx(2.0, abs=1e-5)
    assert made.extra["unrounded"][:2].tolist() == pytest.approx([0.5, 0.34], abs=1e-4)
    assert made.extra["beyond"].tolist() == [0.25] * 3
    assert made.evaluations.tolist() == [7, 8, 9]
    assert made.survives_8bit.tolist() == [True, False, False]


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
    assert (overshoot["l2"] / tight["l2"]).between(1.0, 1.05 + 1e-4).all()
    assert (overshoot["margin"] > tight["margin"]).all()
    alone = run(*settings[:3], "attack.stop=overshoot", "batch_size=3")
    pd.testing.assert_frame_equal(alone.images, overshoot)
    pd.testing.assert_frame_equal(alone.probes, result["overshoot"].probes)


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
