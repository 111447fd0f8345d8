"""Different data and models side by side, in relative noise and in grey levels."""

import pytest
from made_sweep import SCALES, made_sweep

from advspace.comparison.comparison import read_comparison
from advspace_plugins.analysis.shares.subjects import subjects


@pytest.fixture
def runs(tmp_path):
    """Runs with tables of known content."""
    return lambda *runs: read_comparison(made_sweep(tmp_path / "sweep", *runs)).finished


def lines(panel):
    return {mark.name: mark for mark in panel.marks}


def test_data_and_models_are_laid_side_by_side_in_both_units(runs):
    """Grey levels are scale x mean deviation (2.5) x 255; runs that differ in the attack too keep their whole names."""
    deep = {"dataset": "mnist", "model": "convnet"}
    (chart,) = subjects(runs({}, deep, deep | {"attack": "images"}))
    relative, grey = chart.drawn[0], chart.drawn[2]
    labels = list(lines(relative))
    assert labels[:2] == ["digits, logistic", "mnist, convnet"]
    assert "attack=images" in labels[2]
    assert lines(relative)["digits, logistic"].x.tolist() == list(SCALES)
    assert lines(grey)["digits, logistic"].x.tolist() == [scale * 2.5 * 255 for scale in SCALES]


def test_one_data_set_and_model_has_nobody_beside_it(runs):
    assert subjects(runs({}, {"noise": "uniform"})) == []
