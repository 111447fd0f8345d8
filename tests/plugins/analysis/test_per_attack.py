"""Every attack by itself: a row of the map each, the one that loses most on top."""

from dataclasses import replace

import numpy as np
from made_run import SCALES, made_run

from advspace.analysis.finished_run import read_run
from advspace_plugins.analysis.per_attack import PerAttack


def test_rows_are_sorted_by_what_is_kept(tmp_path):
    run = read_run(made_run(tmp_path / "run", 3, finished=False, boxes=["none"]))
    kept = {"made-0": 0.5, "made-1": 0.0, "made-2": 0.75}
    shares = run.probes["image_id"].map(kept) + 0.25 * (run.probes["scale"] == SCALES[0])
    finding = PerAttack()(replace(run, probes=run.probes.assign(share_target=shares)))
    (chart,) = finding.charts
    panel = chart.drawn[0]
    (heat,) = panel.marks
    assert heat.rows == ["made-1 → 1", "made-0 → 1", "made-2 → 1"]
    np.testing.assert_allclose(heat.values, [[25, 0, 0, 0], [75, 50, 50, 50], [100, 75, 75, 75]])
    assert [value for value, _ in heat.columns] == list(SCALES)
    assert [text for _, text in heat.columns] == ["1/2", "1", "2", "4"]


def test_a_panel_per_center_and_box_policy(tmp_path):
    (chart,) = PerAttack()(read_run(made_run(tmp_path / "run", finished=False))).charts
    assert [panel.title for panel in chart.drawn] == [
        f"around the {center}, {box}"
        for center in ("adversarial", "original")
        for box in ("clipped to the box", "not clipped")
    ]
    assert chart.columns == 2


def test_without_probes_there_is_no_map(tmp_path):
    assert not PerAttack()(read_run(made_run(tmp_path / "run", 1, failed=[0], finished=False))).charts
