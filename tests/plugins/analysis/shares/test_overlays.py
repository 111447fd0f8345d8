"""Curves of several runs laid over one another, on runs with known answers."""

import pytest
from made_sweep import SCALES, made_sweep

from advspace.comparison.comparison import read_comparison
from advspace_plugins.analysis.shares.analysis import Shares
from advspace_plugins.analysis.shares.overlays import overlays


@pytest.fixture
def runs(tmp_path):
    """Runs with tables of known content."""
    return lambda *runs: read_comparison(made_sweep(tmp_path / "sweep", *runs)).finished


def by_name(charts):
    return {chart.name: chart for chart in charts}


def lines(panel):
    return {mark.name: mark for mark in panel.marks}


def test_each_question_takes_the_runs_that_differ_in_it_alone(runs):
    made = runs({}, {"noise": "uniform"}, {"model": "convnet"})
    charts = by_name(overlays(made))
    assert set(charts) == {"noises", "models", "clip"}
    assert {tuple(lines(panel)) for panel in charts["noises"].drawn} == {("gaussian", "uniform")}
    assert charts["noises"].full_title == "digits, logistic: which noise loses the region first"
    assert {tuple(lines(panel)) for panel in charts["models"].drawn} == {("logistic", "convnet")}
    assert charts["models"].subject == "digits, gaussian"
    assert len(charts["clip"].drawn) == 3
    assert [chart.name for chart in Shares().compare(made).charts] == ["noises", "models", "clip", "subjects_gaussian"]


def test_a_line_is_the_mean_in_percent(runs):
    panel = by_name(overlays(runs({}, {"noise": "empirical"})))["noises"].drawn[0]
    assert lines(panel)["empirical"].x.tolist() == list(SCALES)
    assert lines(panel)["empirical"].y.tolist() == [100, 75, 25]
    assert lines(panel)["gaussian"].y.tolist() == [100, 50, 0]
    assert panel.x.marks == ((0.5, "1/2"), (1.0, "1"), (2.0, "2"))


def test_box_policies_of_two_runs_are_one_question(runs):
    (panel,) = by_name(overlays(runs({"box": "clip"}, {"box": "none"})))["clip"].drawn
    assert set(lines(panel)) == {"clipped to the box", "not clipped"}


def test_runs_that_answer_no_question_are_shown_together(runs):
    made = runs({"seed": 0, "box": "none"}, {"seed": 1, "box": "none"})
    (chart,) = Shares().compare(made).charts
    assert (chart.name, set(chart.legend)) == ("runs", {"seed=0", "seed=1"})
