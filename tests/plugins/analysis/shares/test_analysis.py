"""The paper's curve, of shares that are known: all kept at the two lower scales, none at the two upper ones."""

import numpy as np
import pytest
from made_run import SCALES, made_run

from advspace.analysis.finished_run import read_run
from advspace.analysis.marks import Line, Rule
from advspace_plugins.analysis.shares.analysis import Shares

LOWER = 4 / (4 + 1.959964**2)
"""Lower end of Wilson's interval where all of four images keep every probe."""


@pytest.fixture
def finding(tmp_path):
    return Shares()(read_run(made_run(tmp_path / "run", finished=False)))


def test_a_row_per_place_scale_and_outcome(finding):
    table = finding.table
    assert len(table) == 2 * 2 * 4 * 3
    kept = table[(table["center"] == "adversarial") & (table["box"] == "none") & (table["outcome"] == "target")]
    assert kept["scale"].tolist() == list(SCALES)
    assert kept["mean"].tolist() == [1, 1, 0, 0]
    assert kept["low"].tolist() == pytest.approx([LOWER, LOWER, 0, 0], abs=1e-6)
    assert kept["high"].tolist() == pytest.approx([1, 1, 1 - LOWER, 1 - LOWER], abs=1e-6)
    assert set(zip(kept["images"], kept["attacks"], strict=True)) == {(4, 4)}
    assert (table["simultaneous_low"] <= table["low"]).all()
    assert (table["simultaneous_high"] >= table["high"]).all()
    assert table.groupby(["center", "box", "scale"])["mean"].sum().tolist() == pytest.approx([1] * 16)


def test_a_line_per_outcome_in_percent_and_a_rule_where_half_are_lost(finding):
    (chart,) = finding.charts
    panel = chart.drawn[0]
    lines = {mark.name: mark for mark in panel.marks if isinstance(mark, Line)}
    assert set(lines) == {"target class", "original class", "any other class"}
    assert lines["target class"].y.tolist() == [100, 100, 0, 0]
    assert lines["any other class"].y.tolist() == [0, 0, 100, 100]
    np.testing.assert_allclose(lines["target class"].low, [100 * LOWER, 100 * LOWER, 0, 0], atol=1e-4)
    (rule,) = (mark for mark in panel.marks if isinstance(mark, Rule))
    assert (rule.x, rule.text) == (pytest.approx(2**0.5), "half lost at 1.41")


def test_the_note_says_which_band_is_drawn(finding):
    assert "95 % over images, at each scale by itself (pointwise)" in finding.charts[0].note


def test_in_words(finding):
    assert finding.sentence.startswith(
        "Around the adversarial, clipped to the box, 100 and 0 % of the probes keep the target class at "
        "1/2 and 4 x the distortion's sd."
    )
    assert "original" not in finding.sentence


def test_where_half_are_never_lost_there_is_no_rule(tmp_path):
    (chart,) = Shares()(read_run(made_run(tmp_path / "run", finished=False, kept=(10, 10, 10, 10)))).charts
    assert not [mark for panel in chart.drawn for mark in panel.marks if isinstance(mark, Rule)]


def test_scales_that_differ_from_attack_to_attack_have_no_curve(tmp_path):
    directory = made_run(tmp_path / "run", 1, failed=[0], finished=False)
    assert Shares()(read_run(directory)).sentence.startswith("There is no scale at which all attacks were probed")
