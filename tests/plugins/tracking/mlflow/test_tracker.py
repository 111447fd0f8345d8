"""MLflow's runs, read back with its own client from a store of files."""

import warnings
from pathlib import Path
from urllib.parse import urlparse

import pandas as pd
import pytest
from made_results import TABLE, made_results
from omegaconf import OmegaConf

from advspace.errors import PluginError
from advspace.registry.registry import build
from advspace.tracking.contract import TrackedRun
from advspace_plugins.tracking.mlflow.tracker import MLflow

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its packages use what others have deprecated
    client = pytest.importorskip("mlflow.tracking")


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store of files, which needs no database."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.chdir(tmp_path)
    return f"file:{tmp_path}/store"


def stored(uri, experiment="advspace"):
    asked = client.MlflowClient(uri)
    (run,) = asked.search_runs([asked.get_experiment_by_name(experiment).experiment_id])
    return run, Path(urlparse(run.info.artifact_uri).path)


@pytest.mark.filterwarnings("ignore")
def test_metrics_settings_tables_and_files_are_read_back(store, tmp_path):
    run = TrackedRun(tmp_path / "run", {"seed": 7, "noise": {"plugin": "gaussian"}}, "sweep", "noise=gaussian")
    with MLflow(uri=store).opened(run) as logger:
        logger.log_metrics({"train_loss": 2.0}, 5)
        MLflow().log(logger, made_results(run.directory))
        assert MLflow().place(logger, run) == ""
        assert MLflow().place(logger, TrackedRun(tmp_path)) == f"MLflow: mlflow ui --backend-store-uri {store}"
    found, folder = stored(store)
    assert found.data.metrics == {"train_loss": 2.0, "attacks": 3.0, "half/adversarial": 0.5}
    assert found.data.params == {"seed": "7", "noise/plugin": "gaussian"}
    tags = {name: value for name, value in found.data.tags.items() if not name.startswith("mlflow.")}
    assert tags == {
        **{"kind": "run", "directory": str(run.directory), "group": "sweep"},
        "half/adversarial_censored": "above",
    }
    assert (found.info.run_name, found.info.status) == ("noise=gaussian", "FINISHED")
    assert (folder / "report.html").read_text() == "<h1>report</h1>"
    assert (folder / "figures" / "shares.png").is_file()
    assert pd.read_csv(folder / "tables" / "shares.csv")["scale"].tolist() == TABLE["scale"].tolist()


@pytest.mark.filterwarnings("ignore")
def test_a_run_that_fails_is_a_failed_one(store, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "theirs")
    with pytest.raises(KeyError), MLflow(uri=store, name="mine", group="g").opened(TrackedRun(tmp_path)):
        raise KeyError
    found, _ = stored(store, "theirs")
    assert (found.info.run_name, found.info.status, found.data.tags["group"]) == ("mine", "FAILED", "g")


def test_a_timeout_is_positive():
    with pytest.raises(PluginError, match=r"^tracking 'mlflow': timeout must be > 0, got 0"):
        build("tracking", OmegaConf.create({"plugin": "mlflow", "timeout": 0}))
