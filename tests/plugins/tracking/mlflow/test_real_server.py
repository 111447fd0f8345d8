"""MLflow's own server: what a run has logged over HTTP is read back through MLflow's client."""

import os
import signal
import socket
import subprocess
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import sleep
from urllib.request import urlopen

import pandas as pd
import pytest
from small_run import SMALL, estimates

try:
    version("mlflow")  # mlflow-skinny has another name, and no server
except PackageNotFoundError:
    pytest.skip("MLflow's server is not installed: pip install 'advspace[mlflow]'", allow_module_level=True)


@pytest.fixture
def server(tmp_path):
    """The address of a server of MLflow with an empty database; waits for its first answer however long it takes."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stores = ("--backend-store-uri", f"sqlite:///{tmp_path}/mlflow.db", "--artifacts-destination", f"{tmp_path}/kept")
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    log = tmp_path / "server.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [*command, *stores],
            stdout=said,
            stderr=said,
            start_new_session=True,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        )
    uri = f"http://127.0.0.1:{port}"
    try:
        while not answers(uri):
            assert process.poll() is None, log.read_text()
            sleep(0.2)
        yield uri
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def answers(uri):
    try:
        with urlopen(f"{uri}/health") as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.mark.filterwarnings("ignore")
def test_a_run_is_read_back(server, call_process, tmp_path):
    where = (f"tracking.mlflow.uri={server}", "tracking.mlflow.timeout=600", "hydra.run.dir=run")
    done = call_process("probe", "tracking=mlflow", *where, *SMALL)
    assert done.returncode == 0, done.stderr
    directory = tmp_path / "run"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient
    client = MlflowClient(server)
    experiment = client.get_experiment_by_name("advspace").experiment_id
    (run,) = client.search_runs([experiment])
    assert f"MLflow: {server}/#/experiments/{experiment}/runs/{run.info.run_id}" in done.stderr
    assert run.info.status == "FINISHED"
    assert (run.data.params["images"], run.data.params["noise/plugin"]) == ("2", "gaussian")
    assert run.data.metrics.items() >= estimates(directory).items()
    kept = Path(client.download_artifacts(run.info.run_id, "", str(tmp_path)))
    for name in ("report.html", "summary.json", "figures/shares.png", "analysis/shares.parquet"):
        assert (kept / name).read_bytes() == (directory / name).read_bytes()
    shares = pd.read_parquet(directory / "analysis" / "shares.parquet")
    assert pd.read_csv(kept / "tables" / "shares.csv")["scale"].tolist() == shares["scale"].tolist()
