"""How a wandb run begins: without a network, without a prompt, without what takes long."""

import sys

import pytest
import wandb

from advspace import AdvspaceError
from advspace.errors import AdvspaceWarning
from advspace_plugins.tracking.wandb import begin
from advspace_plugins.tracking.wandb.begin import _without_launcher, logged_in


def test_without_a_network_an_online_run_goes_offline(run, monkeypatch):
    """The server is an address of this machine where nobody listens; only for that the wait is short."""

    def started(init, config, mode, timeout):
        del timeout
        return real(init, config, mode, 3 if mode == "online" else 600)

    real = begin._started
    monkeypatch.setattr(begin, "_started", started)
    monkeypatch.setenv("WANDB_API_KEY", 40 * "0")
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with pytest.warns(AdvspaceWarning, match="wandb cannot be reached .*; the run is logged offline"):
        result = run("tracking=wandb", "tracking.wandb.mode=online", "images=1", "probe.draws=1", "probe.scales=[1.0]")
    assert list(result.directory.rglob("offline-run-*/run-*.wandb"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (wandb.errors.CommError("no answer"), "no answer"),
        (TimeoutError("no answer"), "no answer"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_whoever_gives_up_first_the_run_goes_offline(monkeypatch, error, said):
    """Wandb's service keeps to the limit; on a machine that is too busy for that, wandb's client gives up."""

    def started(init, config, mode, timeout):
        if mode != allowed:
            raise error
        return mode

    monkeypatch.setattr(begin, "_started", started)
    allowed = "offline"
    with pytest.warns(AdvspaceWarning, match=rf"wandb cannot be reached \({said}\); the run is logged offline"):
        assert begin.begun({}, {}, "online", None) == "offline"
    allowed = None
    with pytest.raises(AdvspaceError, match=rf"^wandb cannot begin \({said}\); "):
        begin.begun({}, {}, "offline", None)


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


def test_what_cannot_begin_ends_before_any_work(run, tmp_path, monkeypatch):
    def started(*_):
        raise PermissionError(13, "Permission denied", "/far")

    monkeypatch.setattr(begin, "_started", started)
    with pytest.raises(AdvspaceError, match=r"^wandb cannot begin \(.*Permission denied: '/far'\); set WANDB_DIR"):
        run("tracking=wandb", "tracking.wandb.mode=offline", "images=1", directory=tmp_path / "run")
    assert not (tmp_path / "run" / "images.parquet").exists()


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
