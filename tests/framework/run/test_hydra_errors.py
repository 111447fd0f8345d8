"""What Hydra refuses in a command comes out as one sentence that says what there is instead, and exit code 1."""

import sys
from types import SimpleNamespace

import pytest

from advspace.registry.registry import build
from advspace.run.hydra_errors import SPELLING
from advspace.run.messages import report_errors

INSTALLED = (
    "installed: all, attacks, certificate, differences, distortions, flow, gallery, half_scale, half_space, "
    "known_answer, paired_noises, per_attack, persistence, shares, verdict"
)


@pytest.fixture
def complaint(call):
    """What a program says that is given these arguments: one line after its first words, with exit code 1."""

    def refused(*arguments, program="probe"):
        done = call(program, *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        first, said = done.stderr.splitlines()
        assert first.endswith(" ...")
        return said

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
            f"no analysis is called 'half_scales'; nearest: half_scale, half_space; {INSTALLED}",
        ),
        ("analysis=nosuch", f"no analysis is called 'nosuch'; {INSTALLED}"),
        (
            "model=convnett",
            "no model is called 'convnett'; nearest: convnet; "
            "installed: convnet, efficientnet_lite0, lab, logistic, overfeat_like, python, timm, torchvision",
        ),
        ("trainer=gpuu", "no trainer is called 'gpuu'; nearest: gpu, cpu; there are auto, cpu, gpu"),
        ("noise.men=zero", "noise 'gaussian' has no setting 'men'; nearest: mean; it has mean"),
        ("figures.widht=3", "figures has no setting 'widht'; nearest: width; it has font_size, titles, width"),
        ("probe.draws=many", "probe.draws must be a whole number, got 'many'"),
        (
            "probe.scales=[1,a]",
            "Error merging override probe.scales=[1,a]: Value 'a' of type 'str' could not be converted to Float",
        ),
        ("noise.mean=null", "noise.mean must be a text, got null"),
        (
            "figures=[1]",
            "Error merging override figures=[1]: Cannot merge DictConfig with ListConfig",
        ),
        ("noise", f"Hydra cannot read 'noise' (missing EQUAL at '<EOF>'); {SPELLING}"),
        (
            "noise=3",
            "Hydra cannot compose the command (Config group override must be a string or a list. Got int); "
            f"choose plugins by name (noise=NAME), and {SPELLING}",
        ),
        ("seed=${nope}", "seed cannot be resolved (Interpolation key 'nope' not found); give its value"),
        ("seed=null", "seed must be a whole number, got null"),
        ("seed=abc", "seed must be a whole number, got 'abc'"),
        ("seed=1.5", "seed must be a whole number, got 1.5"),
        ("+image=5", "there is no setting 'image'; nearest: images"),
        ("+attack.stopp=tight", "attack 'lbfgsb' has no setting 'stopp'; nearest: stop"),
        ("attack.logit_scale=inf", "attack.logit_scale must be finite, got inf"),
        ("~noise", "a run needs one noise; choose it (noise=NAME, installed: empirical, gaussian, laplace, uniform)"),
        (
            "tracking.wandb.mode=sometimes",
            "tracking 'wandb': mode must be one of auto, online, offline, disabled, got 'som",
        ),
        ("trainer.accelerator=abacus", "trainer: Lightning refuses its settings"),
    ],
)
def test_a_mistake_is_one_line(complaint, argument, said):
    """Hydra's own line about a job that failed would be another."""
    assert complaint(argument).startswith(f"error: {said}")


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


@pytest.mark.parametrize("content", [b"images: \xf5", b"images: [1", b"a: 1\n b: 2"])
def test_a_file_of_the_users_that_is_no_yaml_is_named(complaint, tmp_path, content):
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_bytes(content)
    said = complaint(f"--config-dir={tmp_path}", "experiment=mine")
    assert said.startswith(f"error: {tmp_path}/experiment/mine.yaml cannot be read (")
    assert said.endswith("); a file of settings must be YAML in UTF-8")
