"""CSV files, read back with pandas."""

import contextlib

import pandas as pd
import yaml
from made_results import TABLE, made_results

from advspace.tracking.contract import TrackedRun
from advspace_plugins.tracking.csv import CSV


def test_curves_estimates_tables_and_settings_are_read_back(tmp_path):
    run = TrackedRun(tmp_path, {"seed": 7, "noise": {"plugin": "gaussian"}})
    with CSV().opened(run) as logger:
        logger.log_metrics({"train_loss": 2.0}, 0)
        logger.save()
        CSV().log(logger, made_results(tmp_path))
        assert CSV().place(logger, run) == f"CSV files in {tmp_path}/csv/version_0"
        assert CSV().place(logger, TrackedRun(tmp_path, group="g", name="n")) == ""
    folder = tmp_path / "csv" / "version_0"
    rows = pd.read_csv(folder / "metrics.csv")
    assert rows["train_loss"].dropna().tolist() == [2.0]
    last = rows.iloc[-1]
    assert (last["attacks"], last["half/adversarial"], last["half/adversarial_censored"]) == (3, 0.5, "above")
    table = pd.read_csv(folder / "tables" / "shares.csv")
    assert table["scale"].tolist() == TABLE["scale"].tolist()
    assert table["name"].tolist()[:2] == ["a", "<b>"]
    assert yaml.safe_load((folder / "hparams.yaml").read_text()) == run.settings


def test_a_run_that_goes_on_keeps_what_was_written(tmp_path):
    for loss in (2.0, 1.0):
        with CSV().opened(TrackedRun(tmp_path)) as logger:
            logger.log_metrics({"train_loss": loss}, 0)
    kept = [pd.read_csv(path)["train_loss"].item() for path in sorted(tmp_path.glob("csv/version_*/metrics.csv"))]
    assert kept == [2.0, 1.0]


def test_what_was_logged_before_an_error_is_kept(tmp_path):
    with contextlib.suppress(KeyError), CSV().opened(TrackedRun(tmp_path)) as logger:
        logger.log_metrics({"train_loss": 2.0}, 0)
        logger.save()
        raise KeyError
    assert len(pd.read_csv(tmp_path / "csv" / "version_0" / "metrics.csv")) == 1
