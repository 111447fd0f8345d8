"""Multiruns side by side: what varies, joined tables, and one figure per question, on runs with known answers."""

import json

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf
from scipy.stats import linregress

from advspace import AdvspaceError
from advspace.comparison.comparison import read_comparison, write_comparison
from advspace.comparison.grouping import groups
from advspace.comparison.paired_noises import Pairs, nearest_half, paired, regression
from advspace.comparison.panels import box_panels, panels_of
from advspace.figures.comparison import draw_comparison
from advspace.figures.subjects import subjects
from advspace.run.conclude import compare, conclude_again

SCALES = (0.5, 1.0, 2.0)
KEPT = {"gaussian": (1.0, 0.5, 0.0), "empirical": (1.0, 0.75, 0.25), "uniform": (1.0, 1.0, 1.0)}
"""Share of the probes that keep the target, by noise and scale."""
PLUGINS = {"dataset": "digits", "model": "logistic", "attack": "lbfgsb", "noise": "gaussian", "probe": "ladder"}


@pytest.fixture
def sweep(tmp_path):
    """Write run directories with tables of known content."""

    def written(*runs):
        for number, changes in enumerate(runs):
            write_run(tmp_path / "sweep" / str(number), changes)
        return tmp_path / "sweep"

    return written


def write_run(place, changes):
    seed, box = changes.get("seed", 0), changes.get("box", "both")
    names = PLUGINS | {kind: changes[kind] for kind in PLUGINS if kind in changes}
    (place / ".hydra").mkdir(parents=True)
    settings = {"seed": seed, **{kind: {"plugin": name} for kind, name in names.items()}, "report": None}
    settings["probe"]["box"] = box
    OmegaConf.save(settings, place / ".hydra" / "config.yaml")
    OmegaConf.save([f"{key}={value}" for key, value in changes.items()], place / ".hydra" / "overrides.yaml")
    images = pd.DataFrame({"image_id": [f"image-{seed}-{n}" for n in range(4)], "target": 1, "label": 0} | names)
    for name in ("l2", "rms", "sd", "on_box"):
        images[name] = [1.0, 2.0, 3.0, 4.0]
    images["success"] = True
    rows = [
        {"image_id": id_, "target": 1, "center": "adversarial", "box": policy, "scale": scale, "clipped": 0.0}
        | {"share_target": kept, "share_original": 1 - kept, "share_other": 0.0}
        for id_ in images["image_id"]
        for policy in (("clip", "none") if box == "both" else (box,))
        for scale, kept in zip(SCALES, KEPT[names["noise"]], strict=True)
    ]
    for table, content in (("images", images), ("probes", pd.DataFrame(rows))):
        (place / f"{table}.parquet").mkdir()
        content.to_parquet(place / f"{table}.parquet" / "part-0000000.parquet")
    half: dict = {"scale": 1.0, "censored": "", "text": "1"}
    half |= {"low": half | {"scale": 0.5, "text": "0.5"}, "high": half | {"scale": 2.0, "text": "2"}}
    summary = {
        "images": {"attacked": 4, "attacks": 4, "succeeded": 4},
        "distortion": {name: {"mean": 2.5} for name in ("l2", "rms", "sd", "on_box")},
        "curves": [{"center": "adversarial", "box": "none", "half_scale": half}],
        "settings": settings,
        "versions": {"advspace": "0.1.0"},
    }
    (place / "summary.json").write_text(json.dumps(summary))


def test_a_row_per_run_with_what_varies_and_headlines_with_intervals(sweep):
    result = read_comparison(sweep({"noise": "gaussian"}, {"noise": "empirical", "seed": 1}))
    assert result.varies == ["seed", "noise"]
    assert result.runs["run"].tolist() == ["0", "1"]
    assert result.runs["name"].tolist() == ["seed=0,noise=gaussian", "seed=1,noise=empirical"]
    assert result.runs["overrides"].tolist() == ["noise=gaussian", "noise=empirical seed=1"]
    assert result.runs["half_scale/adversarial/none_high"].tolist() == [2.0, 2.0]
    row = result.runs.iloc[0]
    assert 1 < row["l2_mean_low"] < row["l2_mean"] == 2.5 < row["l2_mean_high"] < 4
    assert (row["success"], row["success_high"]) == (1, 1)
    assert row["success_low"] == pytest.approx(4 / (4 + 1.959964**2))  # Wilson's end where all succeed
    assert result.images.groupby("run").size().tolist() == [4, 4]
    assert result.probes.groupby("run").size().tolist() == [24, 24]


def test_runs_are_in_the_order_they_were_started(sweep):
    result = read_comparison(sweep(*({"seed": seed} for seed in range(11))))
    assert result.runs["run"].tolist() == [str(number) for number in range(11)]


def test_seeds_are_pooled_with_images_as_the_unit(sweep):
    """Two seeds of one setting are one line of eight images; the curve is the known one."""
    result = read_comparison(sweep({"seed": 0}, {"seed": 1}, {"noise": "empirical"}, {"noise": "empirical", "seed": 1}))
    (group,) = groups(result, "noise")
    assert group.name == "digits, logistic"
    assert group.lines == {"gaussian": ["0", "1"], "empirical": ["2", "3"]}
    curve = result.curves_of("0", "1")[0]
    assert curve.images == 8
    assert curve.bands["target"].mean.tolist() == [1.0, 0.5, 0.0]
    assert curve.half.scale == 1.0


def test_the_same_image_in_two_runs_weighs_as_one(sweep):
    """Runs pooled that share their images: the mean over both, not the first alone."""
    result = read_comparison(sweep({"noise": "gaussian"}, {"noise": "empirical"}))
    curve = result.curves_of("0", "1")[0]
    assert (curve.images, len(curve.halves)) == (4, 8)
    assert curve.bands["target"].mean.tolist() == [1.0, 0.625, 0.125]


def test_each_question_takes_the_runs_that_differ_in_it_alone(sweep):
    result = read_comparison(
        sweep(
            {"noise": "gaussian", "model": "logistic"},
            {"noise": "uniform", "model": "logistic"},
            {"noise": "gaussian", "model": "convnet"},
        )
    )
    assert {place[0]: set(lines) for place, lines in panels_of(result, "noise").items()} == {
        "digits, logistic": {"gaussian", "uniform"}
    }
    assert {place[0]: set(lines) for place, lines in panels_of(result, "model").items()} == {
        "digits, gaussian": {"logistic", "convnet"}
    }
    assert panels_of(result, "attack") == {}
    assert len(box_panels(result)) == 3
    names = {path.name for path in draw_comparison(result)}
    drawn = ("noises", "models", "clip", "subjects_gaussian")
    assert names == {f"{name}.{kind}" for name in drawn for kind in ("png", "svg")}


def test_data_and_models_are_laid_side_by_side_in_both_units(sweep):
    """Grey levels are scale x mean deviation (2.5) x 255; runs that differ in the attack too keep their whole names."""
    deep = {"dataset": "mnist", "model": "convnet"}
    result = read_comparison(sweep({}, deep, deep | {"attack": "images"}))
    (figure,) = subjects(result).values()
    relative, grey = figure.axes[0], figure.axes[2]
    labels = [line.get_label() for line in relative.get_lines()]
    assert labels[:2] == ["digits, logistic", "mnist, convnet"]
    assert "attack=images" in labels[2]
    assert relative.get_lines()[0].get_xdata().tolist() == list(SCALES)
    assert grey.get_lines()[0].get_xdata().tolist() == [scale * 2.5 * 255 for scale in SCALES]


def test_one_data_set_and_model_has_nobody_beside_it(sweep):
    assert subjects(read_comparison(sweep({}, {"noise": "uniform"}))) == {}


def test_box_policies_of_two_runs_are_one_question(sweep):
    result = read_comparison(sweep({"box": "clip"}, {"box": "none"}))
    (lines,) = box_panels(result).values()
    assert set(lines) == {"clipped to the box", "not clipped"}


def test_gaussian_and_empirical_are_paired_by_image_where_images_differ_most(sweep):
    result = read_comparison(sweep({"seed": 0}, {"noise": "empirical", "seed": 0}, {"noise": "empirical", "seed": 1}))
    (group,) = groups(result, "noise")
    pairs = paired(result, group)
    assert set(pairs) == {"clip", "none"}
    assert pairs["clip"].scale == 1.0
    assert pairs["clip"].gaussian.tolist() == [0.5] * 4  # the images of seed 1 have no partner
    assert pairs["clip"].empirical.tolist() == [0.75] * 4
    assert "gaussian_empirical.png" in {path.name for path in draw_comparison(result)}


@pytest.mark.parametrize(
    ("shares", "scale"),
    [
        ((1.0, 0.6, 0.1, 0.45), 2.0),
        ((1.0, 0.9, 0.45, 0.5), 4.0),
        ((1.0, 0.9, 0.8, 0.7), 8.0),
        ((0.2, 0.1, 0.4, 0.5), 1.0),
    ],
)
def test_images_are_paired_before_shares_recover(shares, scale):
    assert nearest_half(pd.Series(shares, index=[1.0, 2.0, 4.0, 8.0])) == scale


def test_the_line_is_that_of_scipy():
    x = np.random.default_rng(0).uniform(size=30)
    y = 0.3 + 0.5 * x + np.random.default_rng(1).normal(scale=0.05, size=30)
    expected = linregress(x, y)
    grid, line, low, high = regression(Pairs(1.0, x, y))
    np.testing.assert_allclose(line, expected.intercept + expected.slope * grid, rtol=1e-12)
    assert (low < line).all()
    assert (line < high).all()
    assert regression(Pairs(1.0, np.full(5, 0.5), y[:5])) is None
    assert regression(Pairs(1.0, x[:2], y[:2])) is None


def test_failed_and_unfinished_runs_are_listed_and_lose_nothing(sweep):
    directory = sweep(*({"seed": seed} for seed in range(5)))
    (directory / "1" / "failure.json").write_text('{"reason": "the disk was full"}')
    (directory / "2" / "summary.json").unlink()
    (directory / "3" / "summary.json").write_text('{"images": ')
    next((directory / "4" / "images.parquet").iterdir()).write_bytes(b"PAR1")
    result = compare(directory)
    assert result.runs["run"].tolist() == ["0"]
    reasons = {failed.directory.name: failed.reason for failed in result.failed}
    assert reasons["1"] == "the disk was full"
    assert reasons["2"] == f"it has not come to its end; go on with: python probe.py resume={directory / '2'}"
    assert reasons["3"].startswith("its files cannot be read")
    assert reasons["4"].startswith("its files cannot be read")
    assert pd.read_csv(directory / "comparison" / "failed.csv")["run"].tolist() == [1, 2, 3, 4]


def test_tables_are_read_back_also_where_a_setting_is_a_number_here_and_a_name_there(sweep):
    result = read_comparison(sweep({"seed": 0}, {"seed": 1}))
    result.runs["target"] = pd.Series([3, "random"], dtype=object)
    write_comparison(result)
    folder = result.directory / "comparison"
    assert pd.read_parquet(folder / "runs.parquet")["target"].tolist() == ["3", "random"]
    assert pd.read_csv(folder / "runs.csv")["seed"].tolist() == [0, 1]
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "probes.parquet"), result.probes)


def test_report_of_an_empty_directory(tmp_path):
    with pytest.raises(AdvspaceError, match=r"report: there is no run in .*; give the directory of a run"):
        conclude_again(tmp_path)
    with pytest.raises(AdvspaceError, match=r"report: there is no directory .*gone"):
        conclude_again(tmp_path / "gone")


def test_report_of_a_multirun_where_nothing_is_finished(sweep):
    directory = sweep({"seed": 0})
    (directory / "0" / "summary.json").unlink()
    with pytest.raises(AdvspaceError, match=r"report: none of the 1 runs in .* is finished .0: it has not come to its"):
        conclude_again(directory)


def test_report_of_a_run_that_is_half_written(run, compose_config):
    """First without a plan, then with one of its two parts."""
    result = run("images=2", "batch_size=1", "probe.draws=5", "probe.scales=[1.0]")
    (result.directory / ".hydra").mkdir()
    (result.directory / ".hydra" / "config.yaml").write_text("model: {}")
    with pytest.raises(AdvspaceError, match=r"is no run of probe\.py"):
        conclude_again(result.directory)
    OmegaConf.save(compose_config("tracking=off"), result.directory / ".hydra" / "config.yaml")
    written = (result.directory / "summary.json").read_text()
    (result.directory / "summary.json").unlink()
    conclude_again(result.directory)
    again = json.loads((result.directory / "summary.json").read_text())
    assert again["curves"] == json.loads(written)["curves"]
    (result.directory / "images.parquet" / "part-0000001.parquet").unlink()
    with pytest.raises(AdvspaceError, match=r"has 1 of 2 attacks done; finish it first: python probe.py resume="):
        conclude_again(result.directory)
    (result.directory / "plan.json").unlink()
    with pytest.raises(AdvspaceError, match="stopped before it chose its images"):
        conclude_again(result.directory)
