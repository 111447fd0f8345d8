"""Persistence of a half-space, which has a closed form; bad input; the line and the angle of a probe."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_run import made_run
from probed_run import half_space, probed_run
from scipy.special import ndtri

from advspace import AdvspaceError
from advspace.analysis.finished_run import read_run
from advspace.testing import check_analysis
from advspace_plugins.analysis.persistence.analysis import Persistence
from advspace_plugins.probe.ladder import Ladder

SCALES = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
DISTANCE = 0.1
UNCLIPPED = Ladder(scales=SCALES, draws=400, box="none")


@pytest.fixture
def run(linear, tmp_path):
    """Probe around both sides of a half-space."""

    def done(ladder=UNCLIPPED, distance=DISTANCE, images=6):
        network, cases = half_space(linear, images, distance)
        return probed_run(tmp_path / "run", network, cases, ladder, classes=("low", "high"))

    return done


def of(directory, **made):
    return Persistence()(read_run(made_run(directory, finished=False, **made)))


def test_half_space_has_a_closed_form(run):
    """sigma_gamma = m / Phi^-1(gamma); one half is never lost."""
    table = Persistence()(run(images=12)).table
    for level in (0.7, 0.9):
        rows = table[table["level"] == level]
        truth = DISTANCE / ndtri(level) / (rows["sigma"] / rows["scale"])  # in units of the distortion's deviation
        assert ((rows["low"] <= truth) & (truth <= rows["high"])).mean() >= 0.9
        assert np.median(np.log2(rows["scale"] / truth)) == pytest.approx(0, abs=0.1)
    half = table[table["level"] == 0.5]
    assert (half["high_censored"] == "above").all()


def test_of_the_mean_curve_and_of_each_attack(tmp_path):
    """All probes of a step stay at 1, none at 2: every level is lost between them."""
    finding = of(tmp_path / "run")
    for level in ("0.5", "0.7", "0.9"):
        estimate = finding.headline[f"persistence/{level}/adversarial/none"]
        assert (estimate.high, estimate.censored) == (2, "")
        assert estimate.low <= 1  # so few images may all agree by chance
        assert 1 < estimate.value < 2
    assert len(finding.table) == 4 * 2 * 2 * 3
    assert not any("original" in name for name in finding.headline)
    assert list(finding.attacks)[2:] == [f"keeps {level} % up to, not clipped" for level in (50, 70, 90)]


def test_points_have_the_intervals_of_the_table(tmp_path):
    finding = of(tmp_path / "run", kept=(10, 9, 3, 0))
    points = {mark.name: mark for mark in finding.charts[0].drawn[0].marks}
    rows = finding.table[(finding.table["center"] == "adversarial") & (finding.table["box"] == "clip")]
    for level in (0.5, 0.7, 0.9):
        mark, attack = points[f"keeps {100 * level:g} %"], rows[rows["level"] == level].iloc[0]  # all are alike
        np.testing.assert_allclose(mark.low, np.minimum(attack["low"], attack["scale"]))
        np.testing.assert_allclose(mark.high, np.maximum(attack["high"], attack["scale"]))
        assert attack["low"] < attack["high"]


@pytest.mark.parametrize(("kept", "censored", "value"), [((10,) * 4, "above", 4.0), ((0,) * 4, "below", 0.5)])
def test_all_kept_and_none_kept_are_censored(tmp_path, kept, censored, value):
    """Also where no draw changes its class between the scales."""
    finding = of(tmp_path / "run", kept=kept)
    estimate = finding.headline["persistence/0.7/adversarial/none"]
    assert (estimate.value, estimate.censored) == (value, censored)
    assert set(finding.table["scale_censored"]) == {censored}


def test_a_curve_that_rises_again_counts_up_to_its_last_fall(tmp_path):
    finding = of(tmp_path / "run", kept=(10, 0, 10, 0))
    assert 2 < finding.headline["persistence/0.5/adversarial/none"].value < 4


@pytest.mark.parametrize("count", [1, 2])
def test_few_scales_are_no_error(run, count):
    finding = Persistence()(run(replace(UNCLIPPED, scales=SCALES[:count])))
    assert len(finding.headline) == 3
    assert finding.table["scale"].between(SCALES[0], SCALES[count - 1]).all()


@pytest.mark.parametrize("levels", [(0.5, 1.0), (0.0,), ()])
def test_levels_are_shares(levels):
    with pytest.raises(AdvspaceError, match=r"^levels must be one or more shares between 0 and 1, got \["):
        Persistence(levels=levels)


def test_along_the_line_it_is_straight(run):
    """Towards a flat boundary m falls in proportion to the way: here it lies half-way."""
    finding = Persistence(levels=(0.7,))(run(replace(UNCLIPPED, line=(0.125, 0.25)), images=8))
    assert [chart.name for chart in finding.charts] == ["persistence", "persistence_line"]
    rows = finding.table[(finding.table["center"] == "line")]
    middle = rows.groupby("t")["scale"].median()
    assert set(middle.index) == {0, 0.125, 0.25, 1}
    for t, expected in ((0.125, 0.75), (0.25, 0.5), (1, 1)):
        assert middle[t] / middle[0] == pytest.approx(expected, rel=0.2)


def test_angle_of_the_shortest_distortion_is_zero(run):
    """The distortions here have parts along the boundary, so their angle is not 0, and the table knows it."""
    made = run(replace(UNCLIPPED, center="all"))
    finding = Persistence()(made)
    estimate = finding.headline["angle"]
    expected = made.table("boundary")["angle"]
    assert estimate.value == pytest.approx(expected.median())
    assert (finding.attacks["angle"] == expected).all()
    assert "The median angle between distortion and gradient at the boundary is" in finding.sentence


def test_a_network_without_a_gradient_has_no_angle(run):
    made = run(replace(UNCLIPPED, center="all"))
    for part in (made.directory / "probes" / "boundary.parquet").glob("*.parquet"):
        pd.read_parquet(part).assign(angle=float("nan")).to_parquet(part)
    finding = Persistence()(made)
    assert "angle" not in finding.headline
    assert "gives no gradient at the boundary of any of 6 attacks" in finding.sentence


def test_an_older_run_without_tables_of_its_own(tmp_path):
    """made_run has neither joint nor line nor boundary."""
    finding = of(tmp_path / "run")
    assert [chart.name for chart in finding.charts] == ["persistence"]
    assert "angle" not in finding.headline


def test_keeps_the_contract():
    check_analysis(Persistence())
