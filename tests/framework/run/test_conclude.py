"""What a run or a multirun leaves at its end, made again from its tables."""

import json

import pytest
from made_run import made_multirun, made_run
from omegaconf import OmegaConf

from advspace import AdvspaceError, Analysis, Finding
from advspace.analysis.findings import AnalysisError
from advspace.analysis.finished_run import read_run
from advspace.files.untrusted import read_json
from advspace.run.conclude import compare_runs, conclude, conclude_again
from advspace.run_directory import MultirunDirectory, RunDirectory
from advspace_plugins.analysis.attacks import Attacks

FIGURES = {"width": None, "font_size": 9.0, "titles": True}


@pytest.fixture
def drawn(monkeypatch):
    """Draw nothing; says which charts would have been drawn, and where."""
    folders = {}
    monkeypatch.setattr("advspace.figures.draw_charts", lambda charts, folder, style: folders.update({folder: charts}))
    return folders


class Breaks(Analysis):
    def __call__(self, run):
        raise KeyError("radius")

    def compare(self, runs):
        return Finding(sentence=f"{len(runs)} runs.")


def today(*analyses):
    return OmegaConf.create({"figures": FIGURES, "analysis": {name: {"plugin": name} for name in analyses}})


def test_a_run_leaves_findings_figures_summary_and_report(tmp_path, drawn):
    run = RunDirectory(made_run(tmp_path / "run", finished=False))
    conclusion = conclude(read_run(run.path), {"attacks": Attacks(), "breaks": Breaks()})
    assert (run.analysis / "attacks.parquet").is_file()
    assert list(drawn) == [run.figures]
    stored = read_json(run.summary)
    assert stored == conclusion.summary
    assert stored["failed_analyses"] == {"breaks": "KeyError: 'radius'"}
    assert "Analysis breaks failed" in run.report.read_text()


def test_a_multirun_leaves_tables_charts_and_report(tmp_path, drawn):
    multirun = MultirunDirectory(made_multirun(tmp_path / "multi"))
    compared = compare_runs(multirun.path, {"breaks": Breaks()})
    assert compared.findings.made["breaks"].sentence == "4 runs."
    names = {f"{name}.parquet" for name in ("runs", "images", "probes", "failed")} | {"runs.csv", "failed.csv"}
    assert {path.name for path in multirun.comparison.iterdir()} == names
    assert list(drawn) == [multirun.comparison]
    assert "4 runs." in multirun.report.read_text()


def test_again_with_the_analyses_named_today_or_all(tmp_path, drawn):
    run = RunDirectory(made_run(tmp_path / "run", finished=False))
    conclude_again(run.path, today("attacks"), ["report=...", "analysis=[attacks]"])
    assert set(json.loads(run.summary.read_text())["findings"]) == {"attacks"}
    conclude_again(run.path, today("attacks"), ["report=..."])
    assert {"attacks", "shares"} <= set(json.loads(run.summary.read_text())["findings"])


def test_what_cannot_be_concluded(tmp_path, drawn):
    unfinished = made_run(tmp_path / "unfinished", planned=6, finished=False)
    said = r"the run in .*unfinished has 4 of 6 attacks done; finish it first: python probe.py resume=.*unfinished$"
    with pytest.raises(AdvspaceError, match=said):
        conclude_again(unfinished, today(), [])
    RunDirectory(unfinished).plan.unlink()
    with pytest.raises(AdvspaceError, match=r"the run in .*unfinished stopped before it chose its images"):
        conclude_again(unfinished, today(), [])
    RunDirectory(unfinished).config.write_text("model: {}")
    with pytest.raises(AdvspaceError, match=r"unfinished is no run with probes \(.hydra/config.yaml has no noise\)"):
        conclude_again(unfinished, today(), [])


def test_an_analysis_that_fails_is_an_error_after_all_else_is_done(tmp_path, drawn, monkeypatch):
    run = RunDirectory(made_run(tmp_path / "run", finished=False))
    monkeypatch.setattr("advspace.run.conclude.analyses_of", lambda config: {"breaks": Breaks(), "attacks": Attacks()})
    with pytest.raises(AnalysisError, match=f"analysis 'breaks' failed: KeyError: 'radius'; .* are in {run.path}"):
        conclude_again(run.path, today("breaks"), ["analysis=[breaks]"])
    assert set(json.loads(run.summary.read_text())["findings"]) == {"attacks"}
