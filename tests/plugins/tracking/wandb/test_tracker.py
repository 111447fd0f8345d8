"""Runs in wandb: read back from an offline run, without a network, without a prompt."""

import json
import os
from types import SimpleNamespace

import pytest
from offline_run import read_offline_run

from advspace import AdvspaceError
from advspace.run.tracked import tracked
from advspace.tracking.contract import TrackedRun
from advspace_plugins.tracking.wandb.tracker import Wandb


def test_offline_run_holds_config_curves_tables_and_figures(run, tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_API_KEY", "")
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    result = run(
        "tracking=wandb", "tracking.wandb.timeout=600", "images=3", "model.epochs=2", "cache=off", figures=True
    )
    config, history, summary = read_offline_run(result.directory)
    assert config["images"] == 3
    assert config["noise"] == {"plugin": "gaussian", "mean": "zero"}
    keys = {key.split(".")[0] for row in history for key in row}
    assert {"train_loss", "validation_error", "images", "probes", "shares", "gallery", "histogram"} <= keys
    assert summary["succeeded"] == 3
    assert {key for key in summary if key.startswith("half_scale")}
    (table,) = result.directory.rglob("media/table/images_*.table.json")
    content = json.loads(table.read_text())
    column = content["columns"].index("image_id")
    assert [row[column] for row in content["data"]] == result.images["image_id"].tolist()


def test_tracking_off_writes_nothing(compose_config, tmp_path):
    with tracked(compose_config("tracking=off"), tmp_path) as tracking:
        assert tracking.loggers == []
    assert not list(tmp_path.iterdir())


@pytest.fixture
def asked_of_wandb(compose_config, tmp_path, monkeypatch):
    """What wandb is asked for by overrides and environment variables; None if nothing is asked."""

    def init(settings, **asked):
        names = settings.model_fields_set & {"mode", "console", "init_timeout"}  # wandb reads variables for others
        chosen = {name: getattr(settings, name) for name in names}
        folder, mode = SimpleNamespace(mode=settings.mode), str(tmp_path / "run-1" / "files")
        found.append({name: value for name, value in (asked | chosen).items() if value is not None})
        return SimpleNamespace(config={}, dir=mode, settings=folder, define_metric=lambda *_, **__: None)

    found = []

    def made(*overrides, **environment):
        for name in [name for name in os.environ if name.startswith("WANDB_")]:
            monkeypatch.delenv(name)
        for name, value in ({"NETRC": str(tmp_path / "none")} | environment).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("wandb.init", init)
        monkeypatch.setattr("wandb.finish", lambda: None)
        with tracked(compose_config(*overrides), tmp_path):
            return found.pop() if found else None

    return made


def test_the_users_variables_count_more_than_our_defaults(asked_of_wandb, tmp_path):
    default = {
        "mode": "offline",
        "console": "off",
        "init_timeout": 30,
        "project": "advspace",
        "dir": str(tmp_path),
    }
    assert asked_of_wandb() == default
    variables = {
        "WANDB_MODE": "dryrun",
        "WANDB_PROJECT": "theirs",
        "WANDB_RUN_GROUP": "together",
        "WANDB_NAME": "one",
        "WANDB_DIR": "/far",
        "WANDB_CONSOLE": "wrap",
        "WANDB_INIT_TIMEOUT": "7",
    }
    assert asked_of_wandb(**variables) == {
        "mode": "offline",
        "project": "theirs",
        "group": "together",
        "name": "one",
        "dir": "/far",
    }
    assert asked_of_wandb(WANDB_MODE="offline", WANDB_API_KEY="0" * 40)["mode"] == "offline"
    assert asked_of_wandb(WANDB_MODE="disabled", WANDB_API_KEY="0" * 40) is None


def test_the_command_line_counts_more_than_the_users_variables(asked_of_wandb):
    said = (
        "tracking.wandb.mode=offline",
        "tracking.wandb.project=mine",
        "tracking.wandb.name=two",
        "tracking.wandb.timeout=9",
    )
    variables = {"WANDB_MODE": "disabled", "WANDB_PROJECT": "theirs", "WANDB_NAME": "one", "WANDB_INIT_TIMEOUT": "7"}
    asked = asked_of_wandb(*said, **variables)
    assert [asked[key] for key in ("mode", "project", "name", "init_timeout")] == ["offline", "mine", "two", 9]
    assert asked_of_wandb("tracking=off", WANDB_MODE="online") is None
    assert "resume" not in asked  # offline, wandb warns that it does nothing
    assert asked_of_wandb("tracking.wandb.mode=online")["resume"] == "allow"


def test_a_mode_that_wandb_does_not_know(asked_of_wandb):
    with pytest.raises(AdvspaceError, match=r"^WANDB_MODE must be one of online, .*, got 'maybe'$"):
        asked_of_wandb(WANDB_MODE="maybe")


def test_without_a_home_wandb_keeps_its_files_with_the_run(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", "/proc/nowhere")
    monkeypatch.setenv("WANDB_API_KEY", "")
    small = ("images=1", "probe.draws=1", "probe.scales=[1.0]")
    directory = tmp_path / "a b"
    run("tracking=wandb", "tracking.wandb.timeout=600", *small, directory=directory)
    (folder,) = directory.glob("wandb/offline-run-*")
    assert f"wandb keeps this run on this machine; send it with: wandb sync '{folder}'" in capsys.readouterr().err
    assert list((directory / "wandb" / "data").rglob("*"))


def test_unknown_mode(compose_config, tmp_path):
    with (
        pytest.raises(AdvspaceError, match=r"^tracking 'wandb': mode must be one of auto, online, offline, disabled"),
        tracked(compose_config("tracking.wandb.mode=maybe"), tmp_path),
    ):
        pass


def test_the_runs_of_a_multirun_are_sent_by_one_command(tmp_path):
    """A job says nothing; the comparison tells how to send all."""
    folder = tmp_path / "a b" / "wandb" / "offline-run-1"
    settings = SimpleNamespace(mode="offline")
    logger = SimpleNamespace(experiment=SimpleNamespace(dir=str(folder / "files"), settings=settings))
    job, comparison = TrackedRun(tmp_path, group="g", name="n"), TrackedRun(tmp_path, group="g", compares=True)
    assert Wandb().place(logger, job) == ""
    said = Wandb().place(logger, comparison)
    command = f"find '{tmp_path}/a b' -name 'offline-run-*' -exec wandb sync {{}} +"
    assert said == f"wandb keeps these runs below {tmp_path}/a b; send them with: {command}"


def test_nothing_warns_of_what_lightning_asks(tmp_path, capfd):
    """Lightning's own logger gives wandb a setting (`anonymous`) that wandb warns about."""
    with Wandb(mode="offline", timeout=600).opened(TrackedRun(tmp_path)) as logger:
        logger.log_metrics({"loss": 1.0}, 3)
    assert capfd.readouterr() == ("", "")
    _, history, _ = read_offline_run(tmp_path)
    assert [(row["loss"], row["trainer/global_step"]) for row in history] == [(1.0, 3)]
