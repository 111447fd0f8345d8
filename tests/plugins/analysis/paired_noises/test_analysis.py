"""Each image under two noises: the difference in points, and a chart on equal axes."""

import pytest
from made_sweep import made_sweep

from advspace.comparison.comparison import read_comparison
from advspace_plugins.analysis.paired_noises.analysis import PairedNoises


@pytest.fixture
def runs(tmp_path):
    return lambda *runs: read_comparison(made_sweep(tmp_path / "sweep", *runs)).finished


def test_the_difference_of_shares_at_the_scale_of_a_half(runs):
    """Half are kept under Gaussian noise at scale 1, three quarters under the other."""
    finding = PairedNoises().compare(runs({}, {"noise": "empirical"}))
    assert finding.table.drop(columns=["low", "high"]).to_dict("records") == [
        {"group": "digits, logistic", "box": box, "scale": 1.0, "images": 4, "difference": 0.25}
        for box in ("clip", "none")
    ]
    assert finding.sentence.startswith(
        "digits, logistic, clipped to the box: the share of the probes that keep the target is +25.0 [-50.3, +70.2] "
        "points higher under empirical than under Gaussian noise."
    )


def test_points_lie_on_equal_axes_with_the_diagonal(runs):
    (chart,) = PairedNoises().compare(runs({}, {"noise": "empirical"})).charts
    assert (chart.subject, len(chart.drawn)) == ("digits, logistic", 2)
    panel = chart.drawn[0]
    diagonal, points = panel.marks  # all images are alike: there is no line through them
    assert (diagonal.x, diagonal.y) == ([0, 100], [0, 100])
    assert (points.x.tolist(), points.y.tolist()) == ([50] * 4, [75] * 4)
    assert panel.square
    assert panel.note == "empirical - Gaussian, points:\n+25.0 [-50.3, +70.2]\n4 images"
    assert panel.title == "clipped to the box, at scale 1"


def test_several_groups_are_told_apart_by_their_titles(runs):
    both = [
        {"model": model, "noise": noise} for model in ("logistic", "convnet") for noise in ("gaussian", "empirical")
    ]
    (chart,) = PairedNoises().compare(runs(*both)).charts
    assert chart.subject == ""
    assert {panel.title.split("\n")[0] for panel in chart.drawn} == {"digits, logistic", "digits, convnet"}


def test_one_run_has_nothing_to_pair(runs):
    made = runs({})
    assert PairedNoises()(made[0]).charts == ()
    assert PairedNoises().compare(made) is None
