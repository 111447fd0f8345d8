"""A training and a run with several trackers at once, each read back."""

import pandas as pd
import pytest

from advspace.run.train import run_train

SMALL = ("images=2", "probe.draws=5", "probe.scales=[1.0,4.0]", "analysis=[shares,half_scale]")


def scalars(folder):
    """All scalars of TensorBoard's files in a folder, by name."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = accumulator.EventAccumulator(str(folder)).Reload()
    return {name: [each.value for each in events.Scalars(name)] for name in events.Tags()["scalars"]}


@pytest.mark.filterwarnings("ignore")
def test_a_training_is_logged_to_each(compose_config, tmp_path, monkeypatch):
    client = pytest.importorskip("mlflow.tracking")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.chdir(tmp_path)
    trackers = ("tracking=[csv,tensorboard,mlflow]", f"tracking.mlflow.uri=file:{tmp_path}/store")
    config = compose_config("model.epochs=2", f"cache={tmp_path}/cache", *trackers, name="train")
    error = run_train(config, tmp_path / "run", "python train.py resume=run")
    logged = pd.read_csv(tmp_path / "run" / "csv" / "version_0" / "metrics.csv")
    curve = logged["train_loss"].dropna().tolist()
    assert len(curve) > 2
    assert logged["test_error"].dropna().item() == pytest.approx(error)
    found = scalars(tmp_path / "run" / "tensorboard")
    assert found["train_loss"] == pytest.approx(curve)
    assert found["test_error"] == pytest.approx([error])
    asked = client.MlflowClient(f"file:{tmp_path}/store")
    (run,) = asked.search_runs([asked.get_experiment_by_name("advspace").experiment_id])
    history = asked.get_metric_history(run.info.run_id, "train_loss")
    assert [each.value for each in history] == pytest.approx(curve)
    assert run.data.metrics["test_error"] == pytest.approx(error)
    assert (run.data.params["model/epochs"], run.info.status) == ("2", "FINISHED")


def test_a_run_is_logged_to_each(run):
    result = run(*SMALL, "tracking=[csv,tensorboard]")
    estimates = {
        name: stored["value"]
        for finding in result.summary["findings"].values()
        for name, stored in finding["headline"].items()
        if stored["value"] is not None
    }
    assert any(name.startswith("half_scale/") for name in estimates)
    folder = result.directory / "csv" / "version_0"
    last = pd.read_csv(folder / "metrics.csv").iloc[-1]
    found = scalars(result.directory / "tensorboard")
    for name, value in estimates.items():
        assert last[name] == pytest.approx(value)
        assert found[name] == pytest.approx([value])
    assert pd.read_csv(folder / "tables" / "probes.csv")["scale"].tolist() == result.probes["scale"].tolist()
