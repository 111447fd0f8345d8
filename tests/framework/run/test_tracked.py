"""Trackers on the command line: one, several, none, and what is refused before any work."""

import shlex
from types import SimpleNamespace

import pytest
from hydra.errors import HydraException
from omegaconf import OmegaConf

from advspace import AdvspaceError
from advspace.registry.components import trackers_of
from advspace.run import tracked as module
from advspace.run.checked_config import checked
from advspace.run.hydra_errors import hydra_sentence
from advspace.run.tracked import tracked, tracked_comparison
from advspace.settings import plain

BROKEN = """
from contextlib import contextmanager
from advspace.tracking.contract import Tracker
class Plugin(Tracker):
    def __init__(self, place: str = "", level: int = 1):
        pass
    @contextmanager
    def opened(self, run):
        raise OSError("no route")
        yield
    def log(self, logger, results):
        pass
"""


@pytest.mark.parametrize(
    ("override", "chosen"),
    [
        ("tracking=wandb", ["wandb"]),
        ("tracking=csv", ["csv"]),
        ("tracking=[wandb,csv]", ["wandb", "csv"]),
        ("tracking=[csv,csv]", ["csv"]),
        ("tracking=off", []),
        ("tracking=[]", []),
    ],
)
def test_what_is_chosen(compose_config, override, chosen):
    for program in ("probe", "train"):
        assert list(trackers_of(checked(compose_config(override, name=program), program))) == chosen


def test_settings_are_under_the_name_of_their_tracker(compose_config):
    config = checked(compose_config("tracking=[wandb,mlflow]", "tracking.wandb.project=a", "tracking.mlflow.uri=b"))
    made = trackers_of(config)
    assert (made["wandb"].project, made["mlflow"].uri) == ("a", "b")


def test_a_setting_without_the_name_is_told_how_to_write_it(compose_config):
    said = "tracking has no setting 'mode'; it has wandb; write tracking.wandb.mode=..."
    with pytest.raises(HydraException) as caught:
        compose_config("tracking.mode=offline")
    assert hydra_sentence(caught.value) == said


def test_off_stands_alone(compose_config):
    said = r"^tracking=off stands alone, got wandb beside it; remove off or the others$"
    for override in ("tracking=[off,wandb]", "tracking=[wandb,off]"):
        with pytest.raises(AdvspaceError, match=said):
            checked(compose_config(override))


def test_an_unknown_tracker(compose_config):
    with pytest.raises(
        AdvspaceError, match=r"^no tracker is called 'tensorbord'; nearest: tensorboard; installed: csv"
    ):
        checked(OmegaConf.create({**plain(compose_config()), "tracking": {"x": {"plugin": "tensorbord"}}}))


@pytest.mark.parametrize(("mode", "chosen"), [("offline", ["wandb"]), ("disabled", [])])
def test_a_run_of_an_older_version_had_only_wandb(compose_config, mode, chosen):
    older = {"mode": mode, "project": "mine", "entity": None, "group": None, "name": None, "timeout": None}
    made = trackers_of(checked(OmegaConf.create({**plain(compose_config()), "tracking": older})))
    assert list(made) == chosen
    assert [(each.mode, each.project) for each in made.values()] == [(mode, "mine")] * len(chosen)


def test_a_package_that_is_absent_is_told_before_any_work(run, monkeypatch, tmp_path):
    monkeypatch.setattr("advspace.tracking.contract.find_spec", lambda name: None if name == "trackio" else True)
    said = r"^tracking=trackio needs the package trackio, .* install it \(pip install 'advspace\[trackio\]'\), or"
    with pytest.raises(AdvspaceError, match=said):
        run("tracking=[csv,trackio]", directory=tmp_path / "run")
    assert not list((tmp_path / "run").glob("*.parquet"))
    assert not (tmp_path / "run" / "csv").exists()


def test_a_tracker_that_is_away_costs_nothing(run, third_party, capsys):
    """The run ends well, the other tracker has it, and a command says how to log it later."""
    third_party("tracking", "remote", BROKEN)
    small = ("images=1", "probe.draws=1", "probe.scales=[1.0]", "analysis=[shares]", "tracking.remote.place='a b'")
    result = run(*small, "tracking=[csv,remote]")
    said = capsys.readouterr().err.splitlines()
    assert "remote cannot be used now (no route); the run goes on without it" in said
    command = shlex.split(said[-1].partition("; log them with: ")[2])
    assert said[-1].startswith(f"remote has not got this run (no route); all results are in {result.directory}; log")
    assert [word.partition("=")[0] for word in command[-3:]] == ["resume", "tracking", "tracking.remote.place"]
    assert command[-2:] == ["tracking=remote", 'tracking.remote.place="a b"']
    assert (result.directory / "csv" / "version_0" / "tables" / "shares.csv").exists()


def test_only_the_first_process_has_trackers(compose_config, tmp_path, monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "1")
    with tracked(compose_config("tracking=csv"), tmp_path) as tracking:
        assert tracking.loggers == []
    assert not list(tmp_path.iterdir())


def test_trackers_are_told_of_the_multirun(compose_config, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(module, "current_sweep", lambda: SimpleNamespace(group="sweep", run="seed=1"))
    monkeypatch.setattr(module, "open_trackers", lambda trackers, run, *_: told.append(run) or tracked_nothing())
    config = compose_config("tracking=csv")
    with tracked(config, tmp_path), tracked_comparison(config, tmp_path / "many"):
        pass
    assert [(each.group, each.name, each.compares) for each in told] == [
        ("sweep", "seed=1", False),
        ("many", "comparison", True),
    ]
    assert told[0].settings["seed"] == 0


def tracked_nothing():
    from contextlib import nullcontext

    return nullcontext()
