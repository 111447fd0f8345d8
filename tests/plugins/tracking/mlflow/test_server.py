"""MLflow's server that does not answer, and stores that it cannot use."""

import os
import socket
import time
import warnings

import pytest

from advspace import AdvspaceError
from advspace.tracking.contract import TrackedRun
from advspace_plugins.tracking.mlflow.server import bounded
from advspace_plugins.tracking.mlflow.tracker import MLflow

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("mlflow.tracking")


@pytest.fixture
def silent():
    """The port of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.filterwarnings("ignore")
def test_a_server_that_is_away_is_given_up_soon(tmp_path, silent):
    """MLflow itself asks eight times and waits for minutes; here its settings bound the wait."""
    began = time.monotonic()
    for port in (9, silent):
        tracker = MLflow(uri=f"http://me:secret@127.0.0.1:{port}/path", timeout=2)
        said = rf"^the MLflow server http://127.0.0.1:{port}/path does not answer$"
        with pytest.raises(ConnectionError, match=said), tracker.opened(TrackedRun(tmp_path)):
            raise AssertionError
    assert time.monotonic() - began < 60  # two tries of a second


@pytest.mark.filterwarnings("ignore")
def test_a_store_of_an_unknown_kind(tmp_path):
    said = r"^MLflow cannot use the store htp://x \(.*unsupported URI 'htp://x'.*\); set tracking.mlflow.uri to another"
    with pytest.raises(AdvspaceError, match=said), MLflow(uri="htp://x").opened(TrackedRun(tmp_path)):
        raise AssertionError


def test_the_users_variables_count_more(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "77")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    with bounded(7):
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"
        assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_TIMEOUT")
    with bounded(7):
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "4"
