"""The table of a multirun's runs."""

from dataclasses import replace

from made_run import made_run
from made_sweep import made_sweep

from advspace.comparison.comparison import read_comparison
from advspace.report.runs import MOST, run_table
from advspace.run_directory import RunDirectory


def test_a_row_per_run_with_what_varies_and_every_estimate(tmp_path):
    table = run_table(read_comparison(made_sweep(tmp_path, {}, {"noise": "uniform", "seed": 1}, {"noise": "uniform"})))
    titles = [column.title for column in table.columns]
    assert titles[:4] == ["run", "seed", "noise", "attacks"]
    half = titles.index("half scale around the adversarial, not clipped")
    assert table.columns[half].hint == "x the distortion's sd"
    assert [[cell.text for cell in row.cells[:4]] for row in table.rows] == [
        ["0", "0", "gaussian", "4"],
        ["1", "1", "uniform", "4"],
        ["2", "0", "uniform", "4"],
    ]
    assert [row.cells[half].text for row in table.rows] == ["1 [1, 1]", "> 2 [> 2, > 2]", "> 2 [> 2, > 2]"]
    assert table.rows[1].cells[half].key == float("inf")


def test_main_estimates_come_first_and_the_others_on_request(tmp_path):
    """Those of `objective`, then those that a short summary shows."""
    read = read_comparison(made_sweep(tmp_path, {}, {"noise": "uniform"}))
    wanted = {"objective": ["half_scale/adversarial/none"]}
    comparison = replace(read, finished=[replace(run, settings=run.settings | wanted) for run in read.finished])
    columns = run_table(comparison).columns
    assert [column.title for column in columns[3:6]] == [
        "half scale around the adversarial, not clipped",
        "attacks that succeeded",
        "half scale around the adversarial, clipped to the box",
    ]
    assert [column.more for column in columns] == (3 + MOST) * [False] + (len(columns) - 3 - MOST) * [True]
    assert run_table(comparison).more == len(columns) - 3 - MOST > 0


def test_a_run_that_lacks_an_estimate_has_an_empty_cell(tmp_path):
    made_run(tmp_path / "0")
    made_run(tmp_path / "1", 2, failed=[0, 1])
    table = run_table(read_comparison(tmp_path))
    half = [column.title.startswith("half scale") for column in table.columns].index(True)
    assert [(row.cells[half].text, row.cells[half].key) for row in table.rows][1] == ("", None)


def test_reports_are_linked_where_they_are(tmp_path):
    made_sweep(tmp_path, {}, {"seed": 1})
    RunDirectory(tmp_path / "1").report.write_text("")
    table = run_table(read_comparison(tmp_path))
    assert [row.cells[0].link for row in table.rows] == ["", "1/report.html"]


def test_the_first_column_says_how_runs_differ(tmp_path):
    """It stays in view when the others are scrolled away."""
    table = run_table(read_comparison(made_sweep(tmp_path, {}, {"noise": "uniform", "seed": 1})))
    assert [row.cells[0].note for row in table.rows] == ["seed=0, gaussian", "seed=1, uniform"]
