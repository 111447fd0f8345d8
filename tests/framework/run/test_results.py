"""The results of a run and of a multirun, as trackers take them."""

import pytest
from made_run import made_multirun, made_run, summed_up

from advspace.analysis.findings import write_findings
from advspace.registry.components import all_analyses
from advspace.run.conclude import compare_runs
from advspace.run.results import comparison_results, run_results
from advspace.run_directory import RunDirectory


def test_estimates_tables_charts_and_files_of_a_run(tmp_path):
    conclusion = summed_up(made_run(tmp_path / "run", 4))
    directory = RunDirectory(conclusion.run.directory)
    write_findings(directory, conclusion.findings)
    directory.figures.mkdir()
    for name in ("shares", "histogram"):
        (directory.figures / f"{name}.png").touch()
    results = run_results(conclusion)
    assert (results.kind, results.report) == ("run", None)
    assert results.numbers["succeeded"] == 4
    assert results.tables["images"] is conclusion.run.images
    assert {"images", "probes", "shares"} <= results.tables.keys()
    assert {name: path.name for name, path in results.charts.items()} == {
        "shares_chart": "shares.png",  # a table has its name
        "histogram": "histogram.png",
    }
    names = {path.relative_to(directory.path).as_posix() for path in results.files}
    assert {"summary.json", "analysis/shares.parquet", "figures/shares.png"} <= names
    assert any(name.startswith("probes.parquet/") for name in names)
    assert results.settings["seed"] == 7


@pytest.mark.usefixtures("quick_conclusion")
def test_the_comparison_of_a_multirun(tmp_path):
    compared = compare_runs(made_multirun(tmp_path / "many"), {"half_scale": all_analyses()["half_scale"]})
    results = comparison_results(compared)
    assert results.kind == "multirun"
    assert results.numbers == {"runs": 4, "failed": 1}
    assert len(results.tables["comparison"]) == 4
    assert {"comparison/runs.parquet", "multirun.yaml"} <= {
        path.relative_to(results.directory).as_posix() for path in results.files
    }
