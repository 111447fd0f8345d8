"""Runs in wandb: read back from an offline run, without a network, without a prompt."""

import json
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import wandb
from offline_run import read_offline_run

from advspace import AdvspaceError, tracking
from advspace.errors import AdvspaceWarning
from advspace.tracking import _log_tables, _wandb_table, _without_launcher, logged_in, open_logger


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

    def started(config, directory, *, online):
        config.tracking.timeout = 3 if online else 600
        return begin(config, directory, online=online)

    begin = tracking._started
    monkeypatch.setattr(tracking, "_started", started)
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


def test_tables_keep_types_and_order_beyond_their_first_rows():
    rows = 50
    frame = pd.DataFrame(
        {"id": [f"image-{row}" for row in range(rows)], "share": np.linspace(0, 1, rows), "n": range(rows)}
    )
    table = _wandb_table(frame)
    assert table.columns == ["id", "share", "n"]
    assert table.data == frame.to_numpy().tolist()


def test_a_long_table_is_cut_with_a_word(monkeypatch):
    monkeypatch.setattr("advspace.tracking.MOST_ROWS", 30)
    logged = {}
    with pytest.warns(
        AdvspaceWarning, match="wandb shows the first 30 of 50 rows of table probes; its artifact has all"
    ):
        _log_tables(SimpleNamespace(log=logged.update), {"probes": pd.DataFrame({"n": range(50)})})
    assert [row for (row,) in logged["probes"].data] == list(range(30))
