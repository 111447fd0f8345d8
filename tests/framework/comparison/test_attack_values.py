"""The values of attacks, found in several runs by what names them."""

import numpy as np
import pandas as pd
import pytest
from made_sweep import made_sweep

from advspace.comparison.attack_values import cells, half_scales, keyed, ladder, shares
from advspace.comparison.comparison import read_comparison


@pytest.fixture
def runs(tmp_path):
    return lambda *runs: read_comparison(made_sweep(tmp_path / "sweep", *runs)).finished


def test_shares_and_half_scales_by_attack(runs):
    made = runs({"noise": "gaussian"})
    assert cells(made) == [("adversarial", "clip"), ("adversarial", "none")]
    table = shares(made, "adversarial", "clip")
    assert table.index.tolist() == [(0, f"image-0-{n}", 1) for n in range(4)]
    assert table.to_numpy().tolist() == [[1.0, 0.5, 0.0]] * 4
    assert half_scales(made, "adversarial", "clip")["octaves"].tolist() == [0.0] * 4
    assert ladder(made, "adversarial", "clip") == (-1.0, 1.0)


def test_beyond_the_ladder_a_half_scale_is_infinite(runs):
    assert half_scales(runs({"noise": "uniform"}), "adversarial", "clip")["octaves"].tolist() == [np.inf] * 4


def test_a_cell_that_no_run_has_is_empty(runs):
    made = runs({"box": "clip"})
    assert half_scales(made, "adversarial", "none").empty
    assert np.isnan(ladder(made, "adversarial", "none")).all()


def test_runs_of_two_seeds_have_different_attacks_and_boxes_the_same(runs):
    made = runs({"seed": 0, "box": "clip"}, {"seed": 0, "box": "none"}, {"seed": 1})
    table = keyed(made, lambda run: run.images[["image_id", "target", "l2"]])
    assert table["l2"].tolist() == [1.0, 2.0, 3.0, 4.0] * 2


def test_an_untargeted_attack_is_found_whatever_class_it_reached(runs):
    (run,) = runs({})
    run.images["targeted"] = [True, True, False, False]
    table = keyed([run], lambda run: pd.DataFrame({"image_id": run.images["image_id"], "target": 1}))
    assert table.index.get_level_values("target").tolist() == [1, 1, -1, -1]
