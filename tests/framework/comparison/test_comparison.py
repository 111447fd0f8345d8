"""Multiruns side by side: what varies, joined tables, a row of estimates per run."""

import csv
import json

import pandas as pd
import pytest
from made_run import made_run
from made_sweep import made_sweep
from omegaconf import OmegaConf

from advspace import AdvspaceError, Finding
from advspace.analysis.findings import Findings
from advspace.comparison.comparison import read_comparison, readable, write_comparison
from advspace.comparison.failed_run import write_failure
from advspace.registry.components import all_analyses
from advspace.run.conclude import compare_runs, conclude_again


@pytest.fixture
def sweep(tmp_path):
    """Write run directories with tables of known content."""
    return lambda *runs: made_sweep(tmp_path / "sweep", *runs)


@pytest.fixture
def today(compose_config):
    """The config of a command that makes a report again."""
    return compose_config()


def test_a_row_per_run_with_what_varies_and_headlines_with_intervals(sweep):
    result = read_comparison(sweep({"noise": "gaussian"}, {"noise": "empirical", "seed": 1}))
    assert result.varies == ["seed", "noise"]
    assert result.runs["run"].tolist() == ["0", "1"]
    assert result.runs["name"].tolist() == ["seed=0,noise=gaussian", "seed=1,noise=empirical"]
    assert result.runs["overrides"].tolist() == ["noise=gaussian", "noise=empirical seed=1"]
    assert result.runs["half_scale/adversarial/none"].tolist() == pytest.approx([1.0, 2**0.5])  # half-way in log2
    row = result.runs.iloc[0]
    assert 1 < row["l2_mean_low"] < row["l2_mean"] == 2.5 < row["l2_mean_high"] < 4
    assert (row["success"], row["success_high"]) == (1, 1)
    assert row["success_low"] == pytest.approx(4 / (4 + 1.959964**2))  # Wilson's end where all succeed
    assert result.images.groupby("run").size().tolist() == [4, 4]
    assert result.probes.groupby("run").size().tolist() == [24, 24]


def test_runs_are_in_the_order_they_were_started(sweep):
    result = read_comparison(sweep(*({"seed": seed} for seed in range(11))))
    assert result.runs["run"].tolist() == [str(number) for number in range(11)]


def test_failed_and_unfinished_runs_are_listed_and_lose_nothing(sweep):
    directory = sweep(*({"seed": seed} for seed in range(5)))
    (directory / "1" / "failure.json").write_text('{"reason": "the disk was full"}')
    (directory / "2" / "summary.json").unlink()
    (directory / "3" / "summary.json").write_text('{"images": ')
    next((directory / "4" / "images.parquet").iterdir()).write_bytes(b"PAR1")
    result = compare_runs(directory, all_analyses()).comparison
    assert result.runs["run"].tolist() == ["0"]
    reasons = {failed.directory.name: failed.reason for failed in result.failed}
    assert reasons["1"] == "the disk was full"
    assert reasons["2"] == f"it has not come to its end; go on with: python probe.py resume={directory / '2'}"
    assert "summary.json cannot be read (Expecting value" in reasons["3"]
    assert reasons["4"].startswith(f"{directory / '4'}/images.parquet/part-0000000.parquet cannot be read (")
    assert pd.read_csv(directory / "comparison" / "failed.csv")["run"].tolist() == [1, 2, 3, 4]


def test_tables_are_read_back_also_where_a_setting_is_a_number_here_and_a_name_there(sweep, tmp_path):
    result = read_comparison(sweep({"seed": 0}, {"seed": 1}))
    runs = result.runs
    runs["target"] = pd.Series([3, "random"], dtype=object)
    readable(runs).to_parquet(tmp_path / "runs.parquet")
    assert pd.read_parquet(tmp_path / "runs.parquet")["target"].tolist() == ["3", "random"]
    write_comparison(result)
    folder = result.directory.comparison
    assert pd.read_csv(folder / "runs.csv")["seed"].tolist() == [0, 1]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "probes.parquet"), result.probes)


def test_tables_of_findings_are_written_beside_the_others(sweep):
    result = read_comparison(sweep({"seed": 0}))
    table = pd.DataFrame({"pair": ["=b - a"], "difference": [0.5]})
    write_comparison(result, Findings({"mine": Finding(table), "silent": Finding(sentence="No table.")}))
    folder = result.directory.path / "comparison" / "analysis"
    assert sorted(path.name for path in folder.iterdir()) == ["mine.csv", "mine.parquet"]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "mine.parquet"), table)
    assert pd.read_csv(folder / "mine.csv")["pair"].tolist() == ["'=b - a"]


def test_a_run_of_which_an_analysis_failed_is_finished_and_listed(sweep):
    directory = sweep({"seed": 0}, {"seed": 1})
    write_failure(directory / "1", "analysis 'mine' failed", "trace", finished=True)
    result = read_comparison(directory)
    assert result.runs["run"].tolist() == ["0", "1"]
    assert [(run.directory.name, run.reason) for run in result.failed] == [("1", "analysis 'mine' failed")]


def test_report_of_an_empty_directory(tmp_path, today):
    with pytest.raises(AdvspaceError, match=r"report: there is no run in .*; give the directory of a run"):
        conclude_again(tmp_path, today, [])
    with pytest.raises(AdvspaceError, match=r"report: there is no directory .*gone"):
        conclude_again(tmp_path / "gone", today, [])


def test_report_of_a_multirun_where_nothing_is_finished(sweep, today):
    directory = sweep({"seed": 0})
    (directory / "0" / "summary.json").unlink()
    with pytest.raises(AdvspaceError, match=r"report: none of the 1 runs in .* is finished .0: it has not come to its"):
        conclude_again(directory, today, [])


def test_report_of_a_multirun_ends_with_its_path(sweep, today, capsys):
    directory = sweep({"seed": 0})
    conclude_again(directory, today, [])
    assert capsys.readouterr().out == f"report: {directory / 'report.html'}\n"
    assert (directory / "report.html").exists()


def test_report_of_a_run_that_is_half_written(run, compose_config, today, capsys):
    """First without a plan, then with one of its two parts."""
    result = run("images=2", "batch_size=1", "probe.draws=5", "probe.scales=[1.0]")
    (result.directory / ".hydra").mkdir()
    (result.directory / ".hydra" / "config.yaml").write_text("model: {}")
    with pytest.raises(AdvspaceError, match=r"is no run with probes"):
        conclude_again(result.directory, today, [])
    OmegaConf.save(compose_config("tracking=off"), result.directory / ".hydra" / "config.yaml")
    written = (result.directory / "summary.json").read_text()
    (result.directory / "summary.json").unlink()
    capsys.readouterr()
    conclude_again(result.directory, today, [])
    assert capsys.readouterr().out == f"report: {result.directory / 'report.html'}\n"
    again = json.loads((result.directory / "summary.json").read_text())
    assert again["findings"] == json.loads(written)["findings"]
    (result.directory / "images.parquet" / "part-0000001.parquet").unlink()
    with pytest.raises(AdvspaceError, match=r"has 1 of 2 attacks done; finish it first: python probe.py resume="):
        conclude_again(result.directory, today, [])
    (result.directory / "plan.json").unlink()
    with pytest.raises(AdvspaceError, match="stopped before it chose its images"):
        conclude_again(result.directory, today, [])


def test_no_cell_of_a_csv_is_a_formula(tmp_path):
    """A spreadsheet would run it; the parquet tables have the texts as they are."""
    for number, reason in enumerate(('=HYPERLINK("evil")', "+1", "-2 of 3", "@x", "a = b")):
        write_failure(made_run(tmp_path / str(number)), reason, "")
    write_comparison(read_comparison(tmp_path))
    with (tmp_path / "comparison" / "failed.csv").open() as file:
        reasons = [row["reason"] for row in csv.DictReader(file)]
    assert reasons == ['\'=HYPERLINK("evil")', "'+1", "'-2 of 3", "'@x", "a = b"]
    assert pd.read_parquet(tmp_path / "comparison" / "failed.parquet")["reason"].tolist()[1] == "+1"
