"""Where half of the probes are lost: half-way in log2 between the scales around it, or beyond an end."""

from dataclasses import replace

import pytest
from made_run import SCALES, made_run

from advspace.analysis.finished_run import read_run
from advspace_plugins.analysis.half_scale import HalfScales

ROOT = 2**0.5


def of(directory, **made):
    return HalfScales()(read_run(made_run(directory, finished=False, **made)))


def test_of_the_mean_curve_and_of_each_attack(tmp_path):
    finding = of(tmp_path / "run")
    half = finding.headline["half_scale/adversarial/none"]
    assert (half.value, half.low, half.high, half.censored) == pytest.approx((ROOT, 1, 2, ""))  # nothing in between
    assert len(finding.table) == 4 * 2 * 2
    assert finding.table["half_scale"].tolist() == pytest.approx([ROOT] * 16)
    assert set(finding.table["censored"]) == {""}
    assert finding.sentence.count("half of the probes are lost at 1.41 x the distortion's sd") == 2
    assert "original" not in finding.sentence


@pytest.mark.parametrize(
    ("kept", "censored", "value", "marker"), [((10, 10, 10, 9), "above", 4.0, ">"), ((1, 0, 0, 0), "below", 0.5, "<")]
)
def test_beyond_an_end(tmp_path, kept, censored, value, marker):
    finding = of(tmp_path / "run", kept=kept)
    half = finding.headline["half_scale/original/clip"]
    assert (half.value, half.censored, half.low_censored, half.high_censored) == (value, *3 * [censored])
    assert set(finding.table["censored"]) == {censored}
    for panel in finding.charts[0].drawn:
        for points in panel.marks:
            assert set(points.markers) == {marker}


def test_each_attack_is_a_point_in_the_order_in_which_they_lose_half(tmp_path):
    """Four attacks; the third loses half first, the first never."""
    run = read_run(made_run(tmp_path / "run", finished=False, boxes=["none"]))
    kept = {"made-0": (1, 1, 1, 1), "made-1": (1, 1, 0, 0), "made-2": (1, 0, 0, 0), "made-3": (1, 1, 1, 0)}
    shares = [
        kept[id_][SCALES.index(scale)] for id_, scale in zip(run.probes["image_id"], run.probes["scale"], strict=True)
    ]
    finding = HalfScales()(replace(run, probes=run.probes.assign(share_target=shares)))
    panel = next(panel for panel in finding.charts[0].drawn if panel.title == "around the adversarial")
    (points,) = panel.marks
    assert points.x == pytest.approx([ROOT / 2, ROOT, 2 * ROOT, 4.0])
    assert points.y.tolist() == [25, 50, 75, 100]
    assert [text.partition(":")[0] for text in points.texts] == ["made-2", "made-1", "made-3", "made-0"]
    assert points.markers[-1] == ">"
    assert "1 of 4 attacks never lose half" in finding.sentence


def test_every_attack_has_its_own_beside_it(tmp_path):
    attacks = of(tmp_path / "run").attacks
    assert list(attacks) == ["image_id", "target", "half scale, clipped to the box", "half scale, not clipped"]
    assert attacks["half scale, not clipped"][0].value == pytest.approx(ROOT)


def test_without_probes_there_is_nothing_to_say(tmp_path):
    assert of(tmp_path / "run", attacks=2, failed=[0, 1]).sentence == ""
