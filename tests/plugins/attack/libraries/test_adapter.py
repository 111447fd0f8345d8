"""Adapters to Foolbox and adv_lib: the real attacks against a known optimum, and what they hand back on failure."""

import sys
import types

import numpy as np
import pytest
import torch
from stopping import attacked

from advspace import UNTARGETED, AdvspaceError
from advspace.attack.verify import verified
from advspace.progress.ticks import listening
from advspace.registry.registry import build
from advspace_plugins.attack.libraries.adv_lib import AdvLib
from advspace_plugins.attack.libraries.foolbox import Foolbox

FOOLBOX_DDN, ADV_LIB_DDN = Foolbox(name="DDNAttack"), AdvLib(name="ddn")
QUICK_CW = {"steps": 100, "stepsize": 0.05, "initial_const": 1.0}
GOOD = [
    FOOLBOX_DDN,
    Foolbox(name="L2CarliniWagnerAttack", options=QUICK_CW, together=True),
    Foolbox(name="L2FMNAttack"),
    Foolbox(name="L2PGD", epsilon=1.0),
    Foolbox(name="HopSkipJumpAttack", options={"steps": 1, "max_gradient_eval_steps": 200, "init_attack": "DDNAttack"}),
    ADV_LIB_DDN,
    AdvLib(name="fmn", options={"steps": 100}),
    AdvLib(name="alma", options={"num_steps": 100}),
    AdvLib(name="pdgd", options={"num_steps": 200}),
    AdvLib(name="carlini_wagner_l2", options={"max_iterations": 100, "learning_rate": 0.05}, together=True),
    AdvLib(name="apgd", options={"eps": 1.0}),
]
CLOSE = ("DDNAttack", "L2CarliniWagnerAttack", "ddn", "fmn", "carlini_wagner_l2")


def title(attack):
    return attack.title


def norms(made, images):
    return (made.image - images).flatten(1).norm(dim=1)


@pytest.mark.parametrize("goal", ["targeted", "untargeted"])
@pytest.mark.parametrize("attack", GOOD, ids=title)
def test_real_attacks_succeed_and_are_measured_by_us(plane, attack, goal):
    model, images, label, exact = plane
    target = 1 - label if goal == "targeted" else torch.full_like(label, UNTARGETED)
    claimed = attack(model, images, label, target)
    made = verified(claimed, model, label, target)
    assert torch.equal(claimed.success, made.success)
    good = made.success
    assert good.all() or (attack.name == "fmn" and set(made.reason) == {"", "the clean image was handed over"})
    assert (norms(made, images) >= exact * (1 - 1e-4))[good].all()
    assert made.c.isnan().all()
    if attack.name in CLOSE:
        assert (norms(made, images) <= 1.1 * exact)[good].all()


@pytest.mark.parametrize("attack", [FOOLBOX_DDN, ADV_LIB_DDN], ids=title)
def test_gradients_are_counted(plane, attack):
    """DDN takes one per step, its documentation says, and 100 steps."""
    model, images, label, _ = plane
    assert attack(model, images, label, 1 - label).evaluations.tolist() == [100] * 5
    black_box = Foolbox(name="SaltAndPepperNoiseAttack", options={"steps": 5})
    assert black_box(model, images, label, 1 - label).evaluations.tolist() == [0] * 5


@pytest.mark.parametrize(
    "attack",
    [
        FOOLBOX_DDN,
        ADV_LIB_DDN,
        Foolbox(name="L2PGD", epsilon=1.0),
        Foolbox(name="L2CarliniWagnerAttack", options={"steps": 20, "initial_const": 9.0, "binary_search_steps": 2}),
        AdvLib(name="apgd", options={"eps": 1.0, "n_iter": 20}),
    ],
    ids=title,
)
def test_company_order_and_chance_change_nothing(plane, one_thread, attack):
    """Bit for bit; some draw random numbers, C&W stops all images when their mean stops to fall."""
    model, images, label, _ = plane
    whole = attack(model, images, label, 1 - label)
    torch.rand(3)
    np.random.rand(3)
    rows = [3, 0, 4]
    some = attack(model, images[rows], label[rows], 1 - label[rows])
    assert torch.equal(some.image.nan_to_num(-1), whole.image[rows].nan_to_num(-1))
    assert torch.equal(some.evaluations, whole.evaluations[rows])


@pytest.mark.parametrize("together", [False, True])
def test_every_image_is_ticked_and_gets_its_own_reason(plane, together):
    model, images, label, _ = plane
    images = images.clone()
    images[1] = 1.5
    target = 1 - label
    target[2] = label[2]
    ticks = []
    with listening(lambda stage, count: ticks.append((stage, count))):
        made = verified(AdvLib(together=together)(model, images, label, target), model, label, target)
    assert sum(count for stage, count in ticks if stage == "attack") == 5
    assert made.success.tolist() == [True, False, False, True, True]
    assert made.reason[1:3] == ("the clean image is not inside the box", "the target is the label")
    assert made.evaluations.tolist() == [100, 0, 0, 100, 100]


def one_and_only(reasons):
    assert len(set(reasons)) == 1
    return reasons[0]


@pytest.mark.parametrize("together", [False, True])
def test_what_a_library_trips_over_is_the_images_failure(plane, together):
    """adv_lib's C&W divides by a tenth of its steps, rounded down."""
    model, images, label, _ = plane
    attack = AdvLib(name="carlini_wagner_l2", options={"max_iterations": 5}, together=together)
    made = verified(attack(model, images, label, 1 - label), model, label, 1 - label)
    assert one_and_only(made.reason).startswith("adv_lib's carlini_wagner_l2 stopped (ZeroDivisionError(")


def fake(**attacks):
    """A stand-in for adv_lib with attacks that do what we say."""
    module = types.ModuleType("adv_lib.attacks")
    vars(module).update(attacks)
    return module


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (lambda x: torch.full_like(x, torch.nan), "pixels that are not numbers were handed over"),
        (lambda x: x + 3.0, "pixels outside the box were handed over"),
        (lambda x: x, "the clean image was handed over"),
        (torch.zeros_like, "a black image was handed over"),
        (lambda x: (x + 1e-3).clamp(0, 1), "an image of class 0 was handed over"),
    ],
)
def test_each_way_of_failing_is_told(plane, monkeypatch, result, said):
    def attack(model, inputs, labels, targeted=False):
        assert targeted
        inputs.requires_grad_()
        return result(inputs) + 0 * model(inputs).sum()

    monkeypatch.setitem(sys.modules, "adv_lib.attacks", fake(attack=attack))
    model, images, label, _ = plane
    made = verified(AdvLib(name="attack")(model, images, label, 1 - label), model, label, 1 - label)
    assert made.reason == (said,) * 5
    assert not made.success.any()
    assert made.image.isnan().all()


def test_memory_that_runs_out_is_not_a_failure_of_the_image(plane, monkeypatch):
    def attack(model, inputs, labels, targeted=False):
        raise torch.OutOfMemoryError

    monkeypatch.setitem(sys.modules, "adv_lib.attacks", fake(attack=attack))
    model, images, label, _ = plane
    with pytest.raises(torch.OutOfMemoryError):
        AdvLib(name="attack")(model, images, label, 1 - label)


@pytest.mark.parametrize(("stop", "ratio"), [("tight", 1.0), ("overshoot", 1.05)])
def test_regions_can_be_compared_at_one_depth(plane, stop, ratio):
    model, images, label, exact = plane
    attack = Foolbox(name="L2PGD", epsilon=2.0)
    given, made = (
        attacked(attack, model, images, label, 1 - label, stop=rule, tolerance=1e-4) for rule in ("given", stop)
    )
    assert made.success.all()
    assert (norms(given, images) > 1.2 * exact).all()
    direction = (given.image - images).flatten(1)
    cosine = torch.cosine_similarity((made.image - images).flatten(1), direction)
    assert (cosine > 0.999).all()
    weight = model[1].weight[1] - model[1].weight[0]
    boundary = exact / torch.cosine_similarity(direction, weight.expand_as(direction))
    assert norms(made, images).tolist() == pytest.approx((ratio * boundary).tolist(), rel=2e-3)


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (lambda: Foolbox(name="DNNAttack"), "attack.name: Foolbox does not know 'DNNAttack'; nearest: DDNAttack"),
        (lambda: Foolbox(name="l2carliniwagner"), "nearest: L2CarliniWagnerAttack"),
        (lambda: Foolbox(name="Attack"), "attack.name: Foolbox does not know 'Attack'; nearest: "),
        (lambda: AdvLib(name="dnn"), "attack.name: adv_lib does not know 'dnn'; nearest: ddn"),
        (
            lambda: AdvLib(name="lbfgsb"),
            "attack.name: adv_lib does not know 'lbfgsb'; it knows alma, apgd, apgd_targeted",
        ),
        (
            lambda: Foolbox(options={"stepz": 3}),
            "attack.options: Foolbox's DDNAttack has no setting 'stepz'; nearest: steps",
        ),
        (lambda: AdvLib(options={"gama": 0.1}), "attack.options: adv_lib's ddn has no setting 'gama'; nearest: gamma"),
        (lambda: AdvLib(options={"inputs": 1}), "attack.options: adv_lib's ddn has no setting 'inputs'"),
        (
            lambda: AdvLib(name="pgd_linf"),
            "attack.options: adv_lib's pgd_linf needs 'epsilon'; give \\+attack.options.epsilon=...",
        ),
        (
            lambda: Foolbox(name="L2PGD"),
            r"Foolbox's L2PGD makes distortions of a fixed size; give it \(attack.epsilon=...\)",
        ),
        (
            lambda: Foolbox(epsilon=0.5),
            "Foolbox's DDNAttack looks for the smallest distortion; leave attack.epsilon=0.5 out",
        ),
        (lambda: Foolbox(name="L2PGD", epsilon=0.0), "epsilon must be > 0, got 0.0"),
        (
            lambda: Foolbox(name="L2BrendelBethgeAttack", options={"init_attack": "DNNAttack"}),
            "Foolbox does not know 'DNNAttack'; nearest: DDNAttack",
        ),
        (
            lambda: Foolbox(name="HopSkipJumpAttack", options={"init_attack": 3}),
            r"Foolbox's HopSkipJumpAttack refuses attack.options=\{'init_attack': 3\}",
        ),
    ],
)
def test_refused(refused, said):
    with pytest.raises(AdvspaceError, match=said):
        refused()


@pytest.mark.parametrize(
    ("attack", "target", "said"),
    [
        (AdvLib(name="fab"), 1, "adv_lib's fab takes no targets; set target=untargeted, or choose another attack.name"),
        (
            Foolbox(name="GenAttack", epsilon=0.3),
            UNTARGETED,
            "Foolbox's GenAttack needs a target; set target=random, or choose another attack.name",
        ),
        (
            AdvLib(options={"steps": "many"}),
            1,
            r"adv_lib's ddn refuses attack.options=\{'steps': 'many'\} \(.*\); change them",
        ),
    ],
    ids=str,
)
def test_refused_when_it_attacks(plane, attack, target, said):
    model, images, label, _ = plane
    with pytest.raises(AdvspaceError, match=said):
        attack(model, images, label, torch.full_like(label, target))


@pytest.mark.parametrize(
    ("module", "attack", "said"),
    [
        ("foolbox", Foolbox, r"Foolbox is not installed, or incomplete \(.*\); pip install 'advspace\[foolbox\]'$"),
        (
            "adv_lib.attacks",
            AdvLib,
            r"adv_lib is not installed, or incomplete \(.*\); pip install --build-constraint <\(echo 'setuptools<81'\) "
            r"'advspace\[adv_lib\]'",
        ),
    ],
)
def test_not_installed(monkeypatch, module, attack, said):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(AdvspaceError, match=said):
        attack()


@pytest.mark.parametrize(
    ("preset", "title", "together"),
    [
        ("adv_lib_cw", "adv_lib's carlini_wagner_l2", True),
        ("adv_lib_ddn", "adv_lib's ddn", False),
        ("adv_lib_fmn", "adv_lib's fmn", False),
        ("foolbox_cw", "Foolbox's L2CarliniWagnerAttack", True),
        ("foolbox_ddn", "Foolbox's DDNAttack", False),
        ("foolbox_fmn", "Foolbox's L2FMNAttack", False),
    ],
)
def test_presets(compose_config, preset, title, together):
    attack = build("attack", compose_config(f"attack={preset}").attack)
    assert (attack.title, attack.together) == (title, together)


@pytest.mark.parametrize("preset", ["adv_lib_ddn", "foolbox_ddn"])
def test_a_run(run, preset):
    """Every target of the digits is reached, as benchmarks/attack.md says."""
    done = run(f"attack={preset}", "images=4", "probe.scales=[0.5]")
    assert done.images["success"].all()
    assert (done.images["attack"] == preset.removesuffix("_ddn")).all()
    assert (done.images["evaluations"] == 100).all()
    assert set(done.probes["image_id"]) == set(done.images["image_id"])
