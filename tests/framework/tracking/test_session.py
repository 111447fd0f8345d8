"""Runs in wandb: read back from an offline run, without a network, without a prompt."""

import json
import os
import sys
from types import SimpleNamespace

import pytest
import wandb
from offline_run import read_offline_run

from advspace import AdvspaceError
from advspace.errors import AdvspaceWarning
from advspace.tracking import session
from advspace.tracking.session import _without_launcher, logged_in, open_logger


def test_offline_run_holds_config_curves_tables_and_figures(run, tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_API_KEY", "")
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    result = run("tracking=wandb", "tracking.timeout=600", "images=3", "model.epochs=2", "cache=off", figures=True)
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


def test_without_a_network_an_online_run_goes_offline(run, monkeypatch):
    """The server is an address of this machine where nobody listens; only for that the wait is short."""

    def started(config, directory, mode):
        config.tracking.timeout = 3 if mode == "online" else 600
        return begin(config, directory, mode)

    begin = session._started
    monkeypatch.setattr(session, "_started", started)
    monkeypatch.setenv("WANDB_API_KEY", 40 * "0")
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with pytest.warns(AdvspaceWarning, match="wandb cannot be reached .*; the run is logged offline"):
        result = run("tracking=wandb", "tracking.mode=online", "images=1", "probe.draws=1", "probe.scales=[1.0]")
    assert list(result.directory.rglob("offline-run-*/run-*.wandb"))


def test_inputs_that_were_staged_with_wandbs_launcher_are_asked_for(monkeypatch):
    """Whoever has staged some has imported it."""
    asking = wandb.Run._detect_and_apply_job_inputs
    monkeypatch.setitem(sys.modules, "wandb.sdk.launch", None)
    with _without_launcher():
        assert wandb.Run._detect_and_apply_job_inputs is asking
    monkeypatch.delitem(sys.modules, "wandb.sdk.launch")
    with _without_launcher():
        assert wandb.Run._detect_and_apply_job_inputs is not asking
    assert wandb.Run._detect_and_apply_job_inputs is asking


def test_tracking_off_writes_nothing(compose_config, tmp_path):
    with open_logger(compose_config("tracking=off"), tmp_path) as opened:
        assert opened.logger is None
    assert not list(tmp_path.iterdir())


@pytest.fixture
def asked_of_wandb(compose_config, tmp_path, monkeypatch):
    """What a logger is asked for by overrides and environment variables; None if there is none."""

    class Asked:
        def __init__(self, settings, **asked):
            names = settings.model_fields_set & {"mode", "console", "init_timeout"}  # wandb reads variables for others
            chosen = {name: getattr(settings, name) for name in names}
            self.asked = {name: value for name, value in (asked | chosen).items() if value is not None}
            self.experiment = SimpleNamespace(
                config={}, dir=tmp_path / "run-1" / "files", settings=SimpleNamespace(mode=settings.mode)
            )

    def made(*overrides, **environment):
        for name in [name for name in os.environ if name.startswith("WANDB_")]:
            monkeypatch.delenv(name)
        for name, value in ({"NETRC": str(tmp_path / "none")} | environment).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("pytorch_lightning.loggers.WandbLogger", Asked)
        with open_logger(compose_config(*overrides), tmp_path) as opened:
            return opened.logger and opened.logger.asked

    return made


def test_the_users_variables_count_more_than_our_defaults(asked_of_wandb, tmp_path):
    default = {
        "mode": "offline",
        "console": "off",
        "init_timeout": 30,
        "project": "advspace",
        "save_dir": str(tmp_path),
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
        "save_dir": "/far",
    }
    assert asked_of_wandb(WANDB_MODE="offline", WANDB_API_KEY="0" * 40)["mode"] == "offline"
    assert asked_of_wandb(WANDB_MODE="disabled", WANDB_API_KEY="0" * 40) is None


def test_the_command_line_counts_more_than_the_users_variables(asked_of_wandb):
    said = ("tracking.mode=offline", "tracking.project=mine", "tracking.name=two", "tracking.timeout=9")
    variables = {"WANDB_MODE": "disabled", "WANDB_PROJECT": "theirs", "WANDB_NAME": "one", "WANDB_INIT_TIMEOUT": "7"}
    asked = asked_of_wandb(*said, **variables)
    assert [asked[key] for key in ("mode", "project", "name", "init_timeout")] == ["offline", "mine", "two", 9]
    assert asked_of_wandb("tracking=off", WANDB_MODE="online") is None


def test_a_mode_that_wandb_does_not_know(asked_of_wandb):
    with pytest.raises(AdvspaceError, match=r"^WANDB_MODE must be one of online, .*, got 'maybe'$"):
        asked_of_wandb(WANDB_MODE="maybe")


def test_without_a_home_wandb_keeps_its_files_with_the_run(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", "/proc/nowhere")
    monkeypatch.setenv("WANDB_API_KEY", "")
    small = ("images=1", "probe.draws=1", "probe.scales=[1.0]")
    directory = tmp_path / "a b"
    run("tracking=wandb", "tracking.timeout=600", *small, directory=directory)
    (folder,) = directory.glob("wandb/offline-run-*")
    assert f"wandb keeps this run in {folder}; send it with: wandb sync '{folder}'" in capsys.readouterr().err
    assert list((directory / "wandb" / "data").rglob("*"))


def test_what_cannot_begin_ends_before_any_work(run, tmp_path, monkeypatch):
    def started(*_):
        raise PermissionError(13, "Permission denied", "/far")

    monkeypatch.setattr(session, "_started", started)
    with pytest.raises(AdvspaceError, match=r"^wandb cannot begin \(.*Permission denied: '/far'\); set WANDB_DIR"):
        run("tracking=wandb", "tracking.mode=offline", "images=1", directory=tmp_path / "run")
    assert not (tmp_path / "run" / "images.parquet").exists()


def test_what_fails_at_the_end_costs_nothing():
    with (
        pytest.warns(AdvspaceWarning, match=r"^wandb has not got everything \(disk full\); all results are in the run"),
        session.not_at_the_end(),
    ):
        raise OSError("disk full")


def test_unknown_mode(compose_config, tmp_path):
    with (
        pytest.raises(AdvspaceError, match=r"tracking.mode must be one of auto, online, offline, disabled"),
        open_logger(compose_config("tracking.mode=maybe"), tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    ("key", "content", "expected"),
    [
        ("", "", False),
        ("abc", "", True),
        ("", "machine api.wandb.ai login user password secret\n", True),
        ("", "machine example.org login user password secret\n", False),
        ("", "not a netrc file", False),
    ],
)
def test_logged_in(monkeypatch, tmp_path, key, content, expected):
    (tmp_path / "netrc").write_text(content)
    monkeypatch.setenv("WANDB_API_KEY", key)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert logged_in() is expected
