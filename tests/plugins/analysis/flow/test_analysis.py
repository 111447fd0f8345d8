"""Shares of the classes of a linear network against orthants of a normal distribution; and runs with known counts."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from made_run import SCALES, made_run
from probed_run import probed_run
from scipy.stats import entropy, multivariate_normal

from advspace import Case
from advspace.analysis.findings import analyse
from advspace.analysis.finished_run import read_run
from advspace.analysis.marks import Area, Line
from advspace.testing import check_analysis
from advspace_plugins.analysis.flow.analysis import ClassFlow
from advspace_plugins.analysis.flow.charts import BARS
from advspace_plugins.probe.ladder import Ladder

LADDER = Ladder(scales=(0.5, 2.0, 8.0), draws=500, box="none", center="adversarial")
IMAGES = 8


@pytest.fixture
def network(linear, generator):
    return linear(torch.randn(4, 16, generator=generator), torch.tensor([0.0, 0.5, 0.0, -0.2]))


@pytest.fixture
def linear_run(network, tmp_path, generator):
    """Eight times the same image with noise of its own, so that the mean has a known truth and a small error."""
    image = torch.full((1, 4, 4), 0.5)
    distortion = 0.3 * torch.randn(1, 4, 4, generator=generator)
    target = int(network((image + distortion)[None]).argmax())
    cases = [Case(f"made-{row}", image, image + distortion, (target + 1) % 4, target) for row in range(IMAGES)]
    return probed_run(tmp_path / "run", network, cases, LADDER, classes=("cat", "dog", "owl", "bee"))


def orthants(network, center, sd):
    """Probability of each class of a linear network under Gaussian noise."""
    layer = network[1]
    weight, logits = layer.weight.double().numpy(), network(center[None].float())[0].double().numpy()
    result = []
    for label in range(len(weight)):
        others = np.arange(len(weight)) != label
        rows = (weight[others] - weight[label]) * sd
        result.append(multivariate_normal.cdf(logits[label] - logits[others], cov=rows @ rows.T))
    return np.array(result)


def test_shares_and_entropy_of_a_linear_network_are_those_of_orthants(linear_run, network):
    """4,000 draws in all: a standard error of .008 at most, and of .02 bits."""
    table = ClassFlow()(linear_run).table
    (_, pair), *_ = linear_run.tensors()
    label, target = int(linear_run.images["label"][0]), int(linear_run.images["target"][0])
    for scale, rows in table.groupby("scale"):
        truth = orthants(network, pair["adversarial"], scale * linear_run.images["sd"][0])
        assert truth.sum() == pytest.approx(1, abs=1e-4)
        known = rows.set_index("group")
        assert known["mean"]["original class"] == pytest.approx(truth[label], abs=0.03)
        assert known["mean"]["target class"] == pytest.approx(truth[target], abs=0.03)
        named = known[known["class"] >= 0]
        for each in named.to_dict("records"):
            assert each["mean"] == pytest.approx(truth[each["class"]], abs=0.03)
            assert each["low"] <= truth[each["class"]] <= each["high"]
        rest = 1 - truth[[label, target, *named["class"]]].sum()
        assert known["mean"]["all other classes"] == pytest.approx(rest, abs=0.03)
        assert known["mean"].sum() == pytest.approx(1)
        assert known["entropy"].iloc[0] == pytest.approx(entropy(truth, base=2), abs=0.06)
        assert known["entropy_low"].iloc[0] <= entropy(truth, base=2) <= known["entropy_high"].iloc[0]


def test_the_classes_that_gain_most_have_their_names(linear_run):
    finding = ClassFlow()(linear_run)
    table = finding.table[finding.table["class"] >= 0]
    gains = table.groupby("group", sort=False)["mean"].agg(lambda means: means.max() - means.iloc[0])
    assert gains.tolist() == sorted(gains, reverse=True)
    assert (gains >= 0.05).all()
    assert set(gains.index) <= {"cat", "dog", "owl", "bee"}
    assert set(finding.charts[0].legend) == {"original class", "target class", "all other classes", *gains.index}


def with_counts(run, counts):
    """The run with these class counts at each scale, for all attacks, centers and box policies."""
    by_scale = dict(zip(SCALES, counts, strict=True))
    rows = [by_scale[scale] for scale in run.probes["scale"]]
    shares = {
        f"share_{name}": [row[index] / sum(row) for row in rows] for index, name in enumerate(("original", "target"))
    }
    return replace(run, probes=run.probes.assign(class_counts=rows, **shares))


@pytest.fixture
def made(tmp_path):
    """A run of 40 attacks from class 0 to class 1."""
    numbers = iter(range(3))

    def done(*counts, classes=("0", "1", "owl"), images=40):
        run = read_run(made_run(tmp_path / str(next(numbers)), images, finished=False, boxes=["none"], classes=classes))
        return with_counts(run, counts) if counts else run

    return done


def test_which_class_takes_over_in_words(made):
    """Class 0 at the second scale, certainly; the owl has most at the end."""
    run = made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75])
    finding = ClassFlow()(run)
    assert finding.sentence.startswith(
        "Around the adversarial, not clipped, the original class takes over at 1 x the distortion's sd: 60 % ["
    )
    assert "; at 4, owl has most: 75 % [" in finding.sentence
    assert "around the original" not in finding.sentence
    assert finding.headline["taken_over/adversarial/none"].value == 1
    assert set(finding.headline) == {"taken_over/adversarial/none"}
    assert set(finding.attacks["takes over, not clipped"]) == {"0 at 2: 0.65 [0.53, 0.75]"}


def test_a_small_lead_may_be_chance(made):
    """At 51 % of the probes the lead is certain in no attack, and over 40 images first at the third scale."""
    finding = ClassFlow()(made([0, 100, 0], [51, 49, 0], [90, 10, 0], [90, 10, 0]))
    assert "the original class takes over at 1 x the distortion's sd: 51 % [" in finding.sentence
    assert ", certainly ahead from 2; at 4, the original class has most: 90 % [" in finding.sentence
    never = ClassFlow()(made([0, 100, 0], [51, 49, 0], [51, 49, 0], [51, 49, 0]))
    assert "the original class may take over at 1 x" in never.sentence
    assert never.headline["taken_over/adversarial/none"].value == 0


def test_certain_leads_of_single_attacks(made):
    run = made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75])
    table = ClassFlow()(run).table
    rows = table[table["center"] == "adversarial"]
    leads = rows.pivot_table(index="scale", columns="group", values="leads")
    assert leads["target class"].tolist() == [40, 0, 0, 0]
    assert leads["original class"].tolist() == [0, 0, 40, 0]
    assert leads["owl"].tolist() == [0, 0, 0, 40]
    assert set(rows["attacks"]) == set(rows["images"]) == {40}


def test_stacked_areas_touch_and_have_bars_at_their_edges(made):
    run = made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75])
    chart = ClassFlow()(run).charts[0]
    panel = next(panel for panel in chart.drawn if "adversarial" in panel.title)
    areas = [mark for mark in panel.marks if isinstance(mark, Area)]
    assert [area.name for area in areas] == ["original class", "target class", "owl", "all other classes"]
    assert areas[0].high.tolist() == pytest.approx([0, 60, 65, 20])
    for below, above in pairwise(areas):
        np.testing.assert_allclose(below.high, above.low)
    assert areas[-1].high.tolist() == [100] * 4
    bars = [mark for mark in panel.marks if isinstance(mark, Line) and np.isnan(mark.y).any()]
    assert len(bars) == 3
    assert np.isfinite(bars[0].x).sum() == 8
    assert np.isfinite(bars[1].x).sum() == 8
    low, high = bars[0].y[3], bars[0].y[4]
    assert low < 60 < high


def test_of_few_images_only_the_edges_of_original_and_target_have_bars(made):
    chart = ClassFlow()(made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75], images=3)).charts[0]
    panel = next(panel for panel in chart.drawn if "adversarial" in panel.title)
    bars = [mark for mark in panel.marks if isinstance(mark, Line) and np.isnan(mark.y).any()]
    assert [bar.look for bar in bars] == list(BARS)
    assert "have bars" in chart.note


def test_intervals_over_images_hold_for_all_classes_together(made):
    """Forty images that agree: a score interval at 1 - .05 / 5, wider than the edges' of 95 %."""
    finding = ClassFlow()(made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75]))
    table = finding.table
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()
    none = table[(table["group"] == "owl") & (table["mean"] == 0)]
    z = 2.5758  # of a half of 1 %
    assert none["high"].to_numpy() == pytest.approx(z**2 / (40 + z**2), abs=1e-4)


def test_all_kept(made):
    finding = ClassFlow()(made(*4 * [[0, 10, 0]]))
    assert finding.sentence.startswith(
        "Around the adversarial, not clipped, the target class has the largest mean share at every scale, up to 4 x"
    )
    rows = finding.table[finding.table["center"] == "adversarial"]
    assert set(rows["entropy"]) == {0}
    assert set(rows["group"]) == {"original class", "target class", "all other classes"}
    assert finding.headline["taken_over/adversarial/none"].value == 0
    assert set(finding.attacks["takes over, not clipped"]) == {""}


def test_none_kept(made):
    finding = ClassFlow()(made(*4 * [[0, 0, 10]]))
    assert "the target class" not in finding.sentence
    assert finding.headline["taken_over/adversarial/none"].value == 1
    assert "all other classes" in set(finding.table["group"])


@pytest.mark.parametrize("count", [1, 2])
def test_one_scale_and_two(made, count):
    run = made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75])
    few = replace(run, probes=run.probes[run.probes["scale"].isin(SCALES[2 - count : 2])])
    finding = ClassFlow()(few)
    assert finding.table["scale"].nunique() == count
    area = next(mark for mark in finding.charts[0].drawn[0].marks if isinstance(mark, Area))
    assert len(area.x) == 2
    assert area.x[0] < area.x[1]
    assert "the original class" in finding.sentence


def test_classes_without_names_have_their_numbers(made):
    finding = ClassFlow()(made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75], classes=()))
    assert "class 2" in set(finding.table["group"])
    assert "class 2 has most" in finding.sentence


def test_a_run_without_class_counts_is_skipped(made):
    run = made()
    old = replace(run, probes=run.probes.drop(columns="class_counts"))
    skipped = analyse(old, {"flow": ClassFlow()}).skipped
    assert skipped == {"flow": "the table 'probes' of the run has no column 'class_counts'"}


def test_targets_of_one_image_count_as_one(made):
    run = made([0, 100, 0], [60, 40, 0], [65, 10, 25], [20, 5, 75])
    double = [part["image_id"].replace("made-1", "made-0") for part in (run.images, run.probes)]
    images = run.images.assign(image_id=double[0], target=range(1, 41))
    first = images.set_index(run.images["image_id"])["target"]
    probes = run.probes.assign(image_id=double[1], target=run.probes["image_id"].map(first))
    wide = [row + [0] * 40 for row in probes["class_counts"]]
    finding = ClassFlow()(replace(run, images=images, probes=probes.assign(class_counts=wide)))
    assert set(finding.table["images"]) == {39}
    assert set(finding.table["attacks"]) == {40}


def test_keeps_the_contract():
    check_analysis(ClassFlow())
