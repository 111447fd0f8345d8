"""Differences between runs, and between box policies, from runs with known shares."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_run import made_run
from made_sweep import made_sweep

from advspace.analysis.findings import analyse, compare
from advspace.analysis.finished_run import read_run
from advspace.comparison.comparison import read_comparison
from advspace.errors import AdvspaceError
from advspace.testing import check_analysis
from advspace_plugins.analysis.differences.analysis import Differences

FOUR = [{"model": m, "noise": n, "box": "clip"} for m in ("logistic", "convnet") for n in ("gaussian", "empirical")]


@pytest.fixture
def runs(tmp_path):
    return lambda *runs: read_comparison(made_sweep(tmp_path / "sweep", *runs)).finished


def varied(run, shift=0.0, scale=1.0):
    """The run with other shares: image n keeps half up to an octave that depends on n."""
    probes = run.probes
    number = probes["image_id"].str[-1].astype(float)
    octave = np.log2(probes["scale"]) * scale - 0.1 * number - shift
    probes["share_target"] = (0.5 - octave / 4).clip(0, 1)
    return run


def halves(finding):
    return finding.table[finding.table["quantity"] == "half scale"]


def test_it_keeps_the_contract():
    check_analysis(Differences())


def test_noises_are_compared_in_octaves_paired_over_images(runs):
    """Half are kept at 1 and, half-way between 3/4 at 1 and 1/4 at 2, at the root of 2: half an octave."""
    finding = Differences().compare(runs({}, {"noise": "empirical"}))
    rows = halves(finding)
    noises = rows[rows["axis"] == "noise"]
    assert noises["pair"].tolist() == ["empirical - gaussian"] * 2
    assert noises["box"].tolist() == ["clip", "none"]
    assert noises["difference"].tolist() == pytest.approx([0.5, 0.5])
    assert set(noises["images"]) == {4}
    assert set(noises["paired"]) == {"yes"}
    shares = finding.table[(finding.table["quantity"] == "share kept") & (finding.table["axis"] == "noise")]
    assert shares["scale"].tolist() == [0.5, 1.0, 2.0] * 2
    assert shares["difference"].tolist() == [0.0, 0.25, 0.25] * 2


def test_box_policies_of_one_run_are_compared(runs):
    finding = Differences()(runs({})[0])
    assert set(finding.table["pair"]) == {"not clipped - clipped to the box"}
    assert finding.headline["octaves/adversarial/none-clip"].value == 0.0
    assert finding.charts == ()
    assert finding.sentence.startswith(
        "Half scales, not clipped - clipped to the box (digits, logistic, gaussian, around the adversarial): +0.00 ["
    )


def test_each_axis_has_its_charts(runs):
    finding = Differences().compare(runs(*FOUR))
    assert [chart.name for chart in finding.charts] == [
        *("octaves_model", "octaves_noise"),
        *("share_differences_model", "share_differences_noise"),
    ]
    assert finding.sentence.startswith("Of 4 differences of half scales, ")
    forest = finding.charts[1].drawn[0]
    assert [name for _, name in forest.y.marks] == ["digits, logistic", "digits, convnet"]
    assert [mark.x for mark in forest.marks[:3]] == [-0.25, 0.0, 0.25]


def test_equivalence_and_difference_are_decided(runs):
    """Half an octave in every image, more or less; an equivalence of 1 octave holds, one of 0.1 does not."""
    first, second = runs({}, {"noise": "uniform"})
    made = [varied(first), varied(second, shift=0.5, scale=1.02)]
    for equivalence, verdict in ((2.0, "yes"), (0.1, "no")):
        rows = halves(Differences(equivalence).compare(made))
        rows = rows[rows["axis"] == "noise"]
        assert set(rows["different"]) == {"yes"}
        assert rows["difference"].tolist() == pytest.approx([0.5, 0.5], abs=0.05)
        assert set(rows["equivalent"]) == {verdict}


def test_runs_that_share_no_image_are_compared_without_pairs_and_it_is_said(runs):
    made = runs({}, {"noise": "empirical", "seed": 1})
    finding = Differences().compare(made)
    rows = halves(finding)
    unpaired = rows[rows["axis"] == "noise"]
    assert set(unpaired["paired"]) == {"no"}
    assert unpaired["images"].tolist() == unpaired["other_images"].tolist() == [4, 4]
    assert unpaired["difference"].tolist() == pytest.approx([0.5, 0.5])
    assert "are not paired, because fewer than half of the images are in both." in finding.sentence


def test_all_kept_everywhere_has_no_difference(runs):
    finding = Differences().compare(runs({"noise": "uniform"}, {"noise": "uniform", "model": "convnet"}))
    rows = halves(finding)
    assert rows["difference"].isna().all()
    assert rows["left_out"].tolist() == [4] * len(rows)
    assert set(rows["equivalent"]) == {"undecided"}
    assert "left out" in finding.sentence


def test_where_one_side_keeps_all_the_difference_is_a_bound_and_equivalence_is_not_said(runs):
    rows = halves(Differences(3.0).compare(runs({}, {"noise": "uniform"})))
    rows = rows[rows["axis"] == "noise"]
    assert rows["difference"].tolist() == [1.0, 1.0]
    assert rows["censored"].tolist() == [4, 4]
    assert set(rows["equivalent"]) == {"undecided"}


def test_none_kept_has_no_half_scale(tmp_path):
    finding = Differences()(read_run(made_run(tmp_path / "run", kept=(0, 0, 0, 0))))
    assert halves(finding)["difference"].isna().all()
    assert finding.headline == {}


def test_one_image_is_not_decided(tmp_path):
    finding = Differences()(read_run(made_run(tmp_path / "run", attacks=1)))
    assert set(finding.table["images"]) == {1}
    assert set(finding.table["different"]) == {"undecided"}
    assert finding.table["images_for_equivalence"].isna().all()


def test_one_scale_has_shares_alone(runs):
    made = runs({}, {"noise": "empirical"})
    finding = Differences().compare([replace(run, probes=run.probes[run.probes["scale"] == 1.0]) for run in made])
    assert set(finding.table["quantity"]) == {"share kept"}
    assert finding.sentence == "No half scales can be compared: the runs have less than two scales in common."


def test_attacks_are_compared_where_they_may_differ(runs):
    table = Differences().compare(runs(*FOUR[:3])).table
    assert set(table.loc[table["quantity"] == "l2", "axis"]) == {"model"}
    success = table[table["quantity"] == "success"]
    assert success["difference"].tolist() == [0.0]
    assert (success["low"] < 0).all()


def test_the_estimates_of_other_analyses_are_compared(runs):
    made = runs({}, {"noise": "empirical"})
    for run, shift in zip(made, (0.0, 2.0), strict=True):
        folder = run.directory / "analysis" / "attack_estimates"
        folder.mkdir(parents=True)
        table = run.images[["image_id", "target"]].assign(radius=[shift, 1 + shift, 2 + shift, 3.5 + shift])
        table.assign(**{"radius censored": ["", "", "", "above"], "word": "x"}).to_parquet(folder / "mine.parquet")
        table.to_parquet(folder / "half_scale.parquet")
    found = Differences().compare(made).table
    rows = found[~found["quantity"].isin(["half scale", "share kept"])]
    assert rows["quantity"].tolist() == ["mine: radius"]
    assert rows[["difference", "images", "left_out"]].to_numpy().tolist() == [[2.0, 3, 1]]


def test_runs_without_probes_are_left_out(runs):
    bare = replace(runs({})[0], probes=pd.DataFrame())
    assert "no probes" in analyse(bare, {"mine": Differences()}).skipped["mine"]
    assert compare([bare], {"mine": Differences()}).made == {}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"equivalence": 0.0}, "equivalence must be > 0, got 0.0"),
        ({"equivalence": -1.0}, "equivalence must be > 0, got -1.0"),
        ({"confidence": 1.0}, "confidence must be >= 0.5 and < 1, got 1.0"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(settings, message):
    with pytest.raises(AdvspaceError, match=f"^{message}$"):
        Differences(**settings)
