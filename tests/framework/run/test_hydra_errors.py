"""What Hydra refuses in a command comes out as one sentence that says what there is instead, and exit code 1."""

import sys
from types import SimpleNamespace

import pytest

from advspace.registry.registry import build
from advspace.run.command_line import report_errors

INSTALLED = "installed: all, attacks, distortions, gallery, half_scale, paired_noises, per_attack, shares"


@pytest.fixture
def complaint(call):
    """What a program leaves on the error stream that is given these arguments: one line, with exit code 1."""

    def refused(*arguments, program="probe"):
        done = call(program, *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.endswith("\n")
        assert done.stderr.count("\n") == 1
        return done.stderr.removesuffix("\n")

    return refused


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        (
            "noise=gaussain",
            "no noise is called 'gaussain'; nearest: gaussian; installed: empirical, gaussian, laplace, uniform",
        ),
        ("analysis=[nosuch]", f"no analysis is called 'nosuch'; {INSTALLED}"),
        (
            "analysis=[shares,half_scales]",
            f"no analysis is called 'half_scales'; nearest: half_scale; {INSTALLED}",
        ),
        ("analysis=nosuch", f"no analysis is called 'nosuch'; {INSTALLED}"),
        (
            "model=convnett",
            "no model is called 'convnett'; nearest: convnet; "
            "installed: convnet, logistic, overfeat_like, timm, torchvision",
        ),
        ("trainer=gpuu", "no trainer is called 'gpuu'; nearest: gpu, cpu; there are auto, cpu, gpu"),
        ("noise.men=zero", "noise 'gaussian' has no setting 'men'; nearest: mean; it has mean"),
        (
            "figures.widht=3",
            "figures has no 'widht'; nearest: width; it has font_size, titles, width; +figures.widht=... adds it",
        ),
        (
            "probe.draws=many",
            "Error merging override probe.draws=many: Value 'many' of type 'str' could not be converted to Integer",
        ),
        ("noise", "Error parsing override 'noise'; missing EQUAL at '<EOF>'"),
    ],
)
def test_a_mistake_is_one_line(complaint, argument, said):
    assert complaint(argument) == f"error: {said}"


def test_an_unknown_setting_of_the_run(complaint):
    said = complaint("cachee=off", program="train")
    assert said.startswith("error: there is no setting 'cachee'; nearest: cache; there are cache, dataset, ")


def test_an_unknown_name_of_a_library(compose_config, monkeypatch):
    def ddn(model, inputs, labels, targeted=False): ...

    monkeypatch.setitem(sys.modules, "adv_lib.attacks", SimpleNamespace(ddn=ddn))
    config = compose_config("attack=adv_lib", "attack.name=dnn").attack
    with pytest.raises(
        SystemExit, match=r"^error: attack 'adv_lib': attack.name: adv_lib does not know 'dnn'; nearest: ddn"
    ):
        report_errors(lambda: build("attack", config))
