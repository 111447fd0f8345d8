"""Runs in Trackio: through a stand-in with the same names, because the package is not among the tests' own."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from made_results import TABLE, made_results

from advspace.tracking.contract import TrackedRun
from advspace_plugins.tracking.trackio.tracker import Trackio, _plain


class Run:
    """A run as `trackio.init` returns it."""

    def __init__(self, **asked):
        self.asked, self.project, self.name, self.id = asked, asked["project"], asked["name"] or "sunny-0", "abc"
        self.logged, self.artifacts = [], []
        print("* Trackio project initialized")

    def log(self, metrics, step=None):
        self.logged.append((metrics, step))

    def log_artifact(self, artifact):
        self.artifacts.append(artifact)


class Artifact:
    def __init__(self, name, type):
        self.name, self.type, self.files = name, type, {}

    def add_file(self, path, name):
        self.files[name] = path


@pytest.fixture
def trackio(monkeypatch):
    """The stand-in; `runs` are those begun, `finished` those ended."""
    module = ModuleType("trackio")
    module.runs, module.finished = [], []
    module.init = lambda **asked: module.runs.append(Run(**asked)) or module.runs[-1]
    module.finish = lambda: module.finished.append(module.runs[-1])
    module.Table, module.Image, module.Artifact = SimpleNamespace, lambda path: SimpleNamespace(path=path), Artifact
    monkeypatch.setitem(sys.modules, "trackio", module)
    return module


def test_metrics_tables_charts_and_files_arrive(trackio, tmp_path, capsys):
    run = TrackedRun(tmp_path, {"seed": 7}, "sweep", "noise=gaussian")
    with Trackio(project="mine").opened(run) as logger:
        logger.log_metrics({"train_loss": 2.0}, 5)
        results = made_results(tmp_path)
        Trackio().log(logger, results)
        assert (logger.name, logger.version) == ("mine", "noise=gaussian")
        assert Trackio(project="mine").place(logger, TrackedRun(tmp_path)) == "Trackio: trackio show --project mine"
        assert Trackio().place(logger, run) == ""
    assert capsys.readouterr() == ("", "")
    (made,) = trackio.finished
    asked = {name: made.asked[name] for name in ("project", "group", "name", "config", "space_id")}
    assert asked == {
        **{"project": "mine", "group": "sweep", "name": "noise=gaussian"},
        **{"config": {"seed": 7}, "space_id": None},
    }
    (first, step), (last, _) = made.logged
    assert (first, step) == ({"train_loss": 2.0}, 5)
    table, chart = last.pop("shares"), last.pop("shares_chart")
    assert last == {"attacks": 3.0, "half/adversarial": 0.5, "half/adversarial_censored": "above"}
    assert table.dataframe["counts"].tolist() == ["[1 2]"] * 3
    assert chart.path == str(results.charts["shares_chart"])
    (artifact,) = made.artifacts
    assert (artifact.name, artifact.type) == ("run-abc", "run")
    assert set(artifact.files) == {"figures/shares.png", "report.html", "shares.parquet"}


def test_a_run_that_fails_is_finished(trackio, tmp_path):
    with pytest.raises(KeyError), Trackio(name="one").opened(TrackedRun(tmp_path)):
        raise KeyError
    assert [run.name for run in trackio.finished] == ["one"]


def test_arrays_become_texts_and_the_rest_stays():
    plain = _plain(TABLE)
    assert plain["counts"].tolist() == [str(np.array([1, 2]))] * 3
    assert plain["scale"].tolist() == TABLE["scale"].tolist()
    assert TABLE["counts"][0].tolist() == [1, 2]
