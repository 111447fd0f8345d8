"""Pairs of lines that differ in one thing."""

import pytest
from made_sweep import made_sweep

from advspace.comparison.comparison import read_comparison
from advspace.comparison.contrasts import box_lines, contrasts


@pytest.fixture
def runs(tmp_path):
    return lambda *runs: read_comparison(made_sweep(tmp_path / "sweep", *runs)).finished


def told(runs):
    return [(each.axis, each.group, each.first, each.second) for each in contrasts(runs)]


def test_models_and_noises_are_compared_one_at_a_time(runs):
    both = [{"model": m, "noise": n} for m in ("logistic", "convnet") for n in ("gaussian", "uniform")]
    assert told(runs(*both)) == [
        ("model", "digits, gaussian", "logistic", "convnet"),
        ("model", "digits, uniform", "logistic", "convnet"),
        ("noise", "digits, logistic", "gaussian", "uniform"),
        ("noise", "digits, convnet", "gaussian", "uniform"),
    ]


def test_three_stops_are_three_pairs(runs):
    stops = [{"attack.stop": stop} for stop in ("none", "tight", "overshoot")]
    assert [(first, second) for _, _, first, second in told(runs(*stops))] == [
        ("lbfgsb, stop=none", "lbfgsb, stop=tight"),
        ("lbfgsb, stop=none", "lbfgsb, stop=overshoot"),
        ("lbfgsb, stop=tight", "lbfgsb, stop=overshoot"),
    ]


def test_seeds_and_boxes_are_one_line(runs):
    made = runs({"box": "clip"}, {"box": "none"}, {"seed": 1})
    assert contrasts(made) == []
    (line,) = box_lines(made)
    assert (line.axis, line.group, len(line.first_runs)) == ("box", "digits, logistic, gaussian", 3)
