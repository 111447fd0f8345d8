"""`plan=true` on real digits."""

from types import SimpleNamespace

import pytest
from hydra.types import RunMode
from omegaconf import OmegaConf
from rich.console import Console

from advspace import AdvspaceError
from advspace.run.command_line import refuse_plan_of_others
from advspace.run.needs import show_pilot
from advspace.run.pilot import run_pilot

SMALL = ("images=3", "probe.draws=20", "probe.scales=[2.0,8.0]", "tracking=off")


@pytest.fixture
def planned(compose_config, own_cache):
    cache = own_cache()
    return lambda *overrides: run_pilot(compose_config(f"cache={cache}", "plan=true", *SMALL, *overrides))


def said(pilot, capsys):
    show_pilot(pilot, Console(width=200))
    return capsys.readouterr().out


def test_a_pilot_says_what_a_run_needs(planned, capsys):
    first = planned("probe.draws=1000")
    assert (first.images, first.draws, first.width) == (3, 1000, 0.05)
    assert [(need.curve.center, need.curve.box) for need in first.needs] == [
        ("adversarial", "clip"),
        ("adversarial", "none"),
        ("original", "clip"),
        ("original", "none"),
    ]
    assert all(1 <= need.low <= need.images <= need.high <= 385 for need in first.needs)
    text = said(first, capsys)
    assert f"images={first.most.images} probe.draws=1000 take about " in text
    assert "Whatever the images are, 385 are enough." in text
    again = planned("plan=0.1")
    assert again.width == 0.1
    assert "the attacks, which are all in the cache here" in said(again, capsys)
    assert "Least time" not in said(again, capsys)


def test_one_image(planned, capsys):
    single = planned("images=1")
    assert [need.low for need in single.needs] == [None] * 4
    text = said(single, capsys)
    assert "One image says nothing of how images differ" in text
    assert "unknown" in text
    assert "Least time" not in text


def test_a_probe_without_draws(compose_config, third_party):
    source = "from advspace import Probe\nclass Plugin(Probe):\n    def __call__(self, *a): return []\n"
    third_party("probe", "rays", source)
    with pytest.raises(AdvspaceError, match="plan needs a probe with the setting draws; rays has none"):
        run_pilot(compose_config("plan=true", "probe=rays", "tracking=off"))


@pytest.mark.parametrize(("resume", "mode", "reason"), [("x", RunMode.RUN, "resume"), (None, RunMode.MULTIRUN, "-m")])
def test_a_plan_is_for_one_new_run(resume, mode, reason):
    with pytest.raises(AdvspaceError, match=f"plan is for one new run; remove {reason}"):
        refuse_plan_of_others(OmegaConf.create({"resume": resume}), SimpleNamespace(mode=mode))
