"""The page of a multirun, read as text."""

from made_run import compared, made_multirun, made_run
from page_text import Page

from advspace.comparison.failed_run import write_failure


def test_the_runs_of_a_multirun_side_by_side(tmp_path):
    page = Page(compared(made_multirun(tmp_path / "multi")).read_text())
    assert "4 runs finished, 1 failed or not finished. They differ in model, noise." in page.text
    assert "python probe.py -m noise=gaussian,empirical,broken seed=7" in page.text
    rows = {row[0]: row for row in reversed(page.rows) if row and row[0].isdigit()}  # the table of runs is the first
    assert rows["0"][:5] == ["0", "hand", "gaussian", "4", "1 [0.51, 1]"]
    assert rows["0"].count("1.41 [1, 2]") >= 4  # half scales, and what is kept for half of the draws
    assert {"0 [-1.81, 1.81]", "2.5 [1.49, 3.5]"} <= set(rows["0"])
    assert rows["3"][:5] == ["3", "foot", "empirical", "4", "1 [0.51, 1]"]
    assert rows["3"].count("< 0.5 [< 0.5, < 0.5]") >= 4
    assert {"\N{EN DASH}", "2.5 [1.49, 3.5]"} <= set(rows["3"])
    assert ["4", "seed=7 dataset.only=[a, b]", "no <noise> & no luck"] in page.rows
    # noises, models, clip, and two noises on both models; differences of half scales and of shares by these three
    assert page.tags.count("option") == 5 + 6
    assert ["seed", "7"] in page.rows
    assert not any(row[:1] == ["noise.plugin"] for row in page.rows)
    assert page.sources == ["2/report.html", "comparison"]


def test_a_multirun_in_which_every_run_failed(tmp_path):
    made_run(tmp_path / "0", finished=False)
    write_failure(tmp_path / "0", "no luck", "trace")
    page = Page(compared(tmp_path).read_text())
    assert "No run is finished: there is nothing to compare." in page.text
    assert ["0", "seed=7 dataset.only=[a, b]", "no luck"] in page.rows
