"""Measured shares beside exact ones: right for the laboratory, and wrong where the truth is another."""

from dataclasses import replace

import numpy as np
import pytest
from made_run import made_run

from advspace.analysis.finished_run import read_run
from advspace.testing import check_analysis
from advspace_plugins.analysis.known_answer.analysis import KnownAnswers

LAB = ("dataset=lab", "model=lab", "analysis=[known_answer,half_space]", "probe.center=all", "probe.draws=200")


def read(shared_run, region, *, size=None, noise="gaussian", name=""):
    run = shared_run(*LAB, f"model.region={region}")
    model = {"plugin": "lab", "region": region} | ({"size": size} if size else {})
    settings = {"model": model, "noise": {"plugin": noise, "mean": "zero"}}
    return read_run(run.directory, settings, name)


@pytest.mark.parametrize("region", ["half_space", "ball", "stripes"])
def test_the_shares_are_the_exact_ones(shared_run, region):
    finding = KnownAnswers()(read(shared_run, region))
    assert 0.5 < finding.headline["known_answer/error"].value < 1.6
    cells = finding.table.groupby(["center", "box"]).size()
    boxes = ("clip", "none") if region == "half_space" else ("none",)
    assert list(cells.index) == [(center, box) for center in ("adversarial", "original", "tight") for box in boxes]


def test_the_exact_share_around_a_tight_center_of_a_half_space_is_one_half(shared_run):
    table = KnownAnswers()(read(shared_run, "half_space")).table
    tight = table[(table["center"] == "tight") & (table["box"] == "none")]
    assert tight["exact"].to_numpy() == pytest.approx(0.5, abs=0.005)


def test_another_truth_is_noticed(shared_run):
    run = read(shared_run, "ball")
    other = replace(run, settings=run.settings | {"model": {"plugin": "lab", "region": "ball", "size": 5.0}})
    assert KnownAnswers()(other).headline["known_answer/error"].low > 3


def test_other_noise_has_no_known_answer(shared_run):
    assert KnownAnswers()(read(shared_run, "ball", noise="laplace")).table.empty


@pytest.mark.parametrize("settings", [{}, {"model": {"plugin": "logistic"}}, {"model": {"plugin": "network"}}])
def test_other_models_have_none(tmp_path, settings):
    run = read_run(made_run(tmp_path / "run"))
    noise = {"noise": {"plugin": "gaussian", "mean": "zero"}}
    assert KnownAnswers()(replace(run, settings=noise | settings)).table.empty


def test_regions_side_by_side(shared_run):
    runs = [read(shared_run, region, name=region) for region in ("ball", "stripes")]
    (chart,) = KnownAnswers().compare(runs).charts
    assert [panel.title for panel in chart.drawn] == ["region=ball", "region=stripes"]
    exact, measured = chart.drawn[0].marks
    assert np.all((np.asarray(exact.y) > measured.low) & (np.asarray(exact.y) < measured.high))


def test_estimates_of_the_boundary_stand_beside_the_truth(shared_run):
    finding = KnownAnswers().compare([read(shared_run, region, name=region) for region in ("half_space", "ball")])
    table = finding.table.set_index(["run", "center", "quantity"])
    assert table.loc[("region=ball", "tight", "kappa"), "truth"] == pytest.approx(63 / 20)
    assert table.loc[("region=half_space", "adversarial", "m"), "truth"] == pytest.approx(0.05, rel=0.1)
    assert ((table["truth"] - table["estimate"]).abs() <= 0.1 + 0.1 * table["truth"].abs()).all()
    assert "hold the truth" in finding.sentence


def test_regions_without_a_smooth_boundary_have_no_truth_to_stand_beside(shared_run):
    finding = KnownAnswers().compare([read(shared_run, region, name=region) for region in ("ball", "stripes")])
    assert set(finding.table["run"]) == {"region=ball"}


def test_it_keeps_the_contract(shared_run):
    check_analysis(KnownAnswers(), run=read(shared_run, "ball"))
