"""The boundary of a half-space whose distance is known; runs that have no fit; the linearised network."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from probed_run import half_space, probed_run

from advspace.testing import check_analysis
from advspace_plugins.analysis.half_space.analysis import HalfSpace
from advspace_plugins.noise.empirical import Empirical
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.noise.laplace import Laplace
from advspace_plugins.probe.ladder import Ladder

SCALES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0)
DISTANCE = 0.1
NOISE = Gaussian()
UNCLIPPED = Ladder(scales=SCALES, draws=200, box="none")
ALWAYS = "all probes are kept at every scale"


@pytest.fixture
def run(linear, tmp_path):
    """Probe around both sides of a half-space."""
    numbers = iter(range(10))

    def done(ladder=UNCLIPPED, noise=NOISE, distance=DISTANCE, images=6, pixels=16, **settings):
        network, cases = half_space(linear, images, distance, pixels)
        return probed_run(tmp_path / str(next(numbers)), network, cases, ladder, noise, ("low", "high"), **settings)

    return done


def around(finding, center="adversarial"):
    return finding.table[finding.table["center"] == center]


def test_distance_and_flatness_of_a_half_space(run):
    """Coverage is measured on the laboratory; a few scales with probes of both kinds cover somewhat less."""
    finding = HalfSpace()(run(images=20))
    for center in ("adversarial", "original"):
        rows = around(finding, center)
        assert rows["fit"].all()
        assert ((rows["m_low"] < DISTANCE) & (rows["m_high"] > DISTANCE)).mean() >= 0.75
        assert ((rows["kappa_low"] < 0) & (rows["kappa_high"] > 0)).mean() >= 0.75
        assert rows["m"].mean() == pytest.approx(DISTANCE, rel=0.15)
    rows = around(finding)
    np.testing.assert_allclose(rows["m_relative"], rows["m"] / rows["distortion"])
    m, kappa = finding.headline["m_mean/adversarial"], finding.headline["kappa_mean/adversarial"]
    assert m.low < DISTANCE < m.high
    assert kappa.low < 0 < kappa.high
    assert "no curvature is shown" in finding.sentence
    assert not any("original" in name for name in finding.headline)


def test_every_attack_has_its_numbers_beside_it_for_comparisons(run):
    finding = HalfSpace()(run())
    assert list(finding.attacks) == ["image_id", "target", "m", "kappa", "c0"]
    assert finding.attacks["m"][0].value == around(finding)["m"].iloc[0]


def test_errors_of_pairs_are_those_of_pairs(run):
    """Mirror images leave less chance; without their labels the intervals are those of independent draws."""
    pairs = replace(UNCLIPPED, pairs=True)
    kept, lost = (HalfSpace()(run(ladder, distance=0.02)) for ladder in (pairs, replace(pairs, keep_labels=0)))
    widths = [(rows["c0_high"] - rows["c0_low"]).median() for rows in (around(kept), around(lost))]
    assert widths[0] < 0.8 * widths[1]
    assert "keep_labels" in lost.sentence
    assert "keep_labels" not in kept.sentence


def test_scales_with_draws_of_their_own(run):
    rows = around(HalfSpace()(run(replace(UNCLIPPED, shared_draws=False))))
    assert ((rows["m_low"] < DISTANCE) & (rows["m_high"] > DISTANCE)).mean() >= 0.5


def test_a_run_from_before_joint_counts_has_estimates_without_errors(run):
    made = run()
    for part in (made.directory / "probes" / "joint.parquet").glob("*"):
        part.unlink()
    (made.directory / "probes" / "joint.parquet").rmdir()
    finding = HalfSpace()(replace(made))
    assert around(finding)["m"].notna().all()
    assert around(finding)["m_low"].isna().all()
    assert "Errors are not known" in finding.sentence
    assert "tests at 5 %" not in finding.sentence


@pytest.mark.parametrize(
    ("scales", "reason"), [((1.0,), "there is one scale only"), ((1.0, 2.0), "there are 2 scales only")]
)
def test_too_few_scales(run, scales, reason):
    finding = HalfSpace()(run(replace(UNCLIPPED, scales=scales)))
    assert set(finding.table["reason"]) == {reason}
    assert not finding.table["fit"].any()
    assert finding.headline == {}
    assert f"0 of 6 attacks has a fit. Without a fit: 6: {reason}." in finding.sentence


def test_all_kept_and_none_kept(run):
    made = run()
    at = made.probes["image_id"] == "made-0"
    for number, reason in ((200, ALWAYS), (0, "no probe is kept at any scale")):
        finding = HalfSpace()(
            replace(made, probes=made.probes.assign(n_target=made.probes["n_target"].mask(at, number)))
        )
        assert around(finding)["reason"].tolist() == [reason, *[""] * 5]
        assert "the boundary of 5 of 6 attacks has a fit" in finding.sentence
        assert f"Without a fit: 1: {reason}." in finding.sentence


def test_draws_that_never_change_their_class(run):
    """At the tip of a corner: a share, no distance and no curvature, with intervals that hold them."""
    made = run(Ladder(scales=SCALES, draws=100, box="none", shared_draws=True))
    size = len(SCALES)
    probes = made.probes.assign(n_target=30, draws=100)
    for part in (made.directory / "probes" / "joint.parquet").glob("*.parquet"):
        table = pd.read_parquet(part)
        table["joint"] = [np.full(size * size, 30)] * len(table)
        table.to_parquet(part)
    rows = around(HalfSpace()(replace(made, probes=probes)))
    assert rows["fit"].all()
    assert rows["reason"].str.startswith("no draw changes its class between the scales").all()
    assert rows["c0"].tolist() == pytest.approx([-0.5244] * 6, abs=1e-3)
    assert rows["kappa"].abs().max() < 1e-6
    assert (rows["kappa_low"] < -1e-3).all()
    assert (rows["p_flat"] > 0.9).all()


def test_runs_that_cannot_have_a_fit_say_why(run):
    clipped = HalfSpace()(run(replace(UNCLIPPED, box="clip")))
    moved = HalfSpace()(run(noise=Gaussian(mean="distortion")))
    channels = HalfSpace()(run(noise=Empirical(pool="channel")))
    told = [finding.sentence for finding in (clipped, moved, channels)]
    assert "probe.box=none" in told[0]
    assert "noise.mean=zero" in told[1]
    assert "noise.pool=all" in told[2]
    assert all(finding.table.empty and not finding.headline for finding in (clipped, moved, channels))


def test_other_noise_holds_by_the_central_limit_theorem(run):
    finding = HalfSpace()(run(noise=Laplace(), pixels=64))
    rows = around(finding)
    assert ((rows["m_low"] < DISTANCE) & (rows["m_high"] > DISTANCE)).mean() >= 0.5


def test_linearised_network_is_a_control(run):
    """A linear network is its own linearisation."""
    made = run(replace(UNCLIPPED, linearised=1))
    finding = HalfSpace()(made)
    assert finding.table["m_linearised"].tolist() == pytest.approx([DISTANCE] * 12, rel=1e-3)
    names = [mark.name for mark in finding.charts[0].drawn[0].marks if getattr(mark, "name", "")]
    assert "linearised network" in names
    (line,) = [mark for mark in finding.charts[0].drawn[0].marks if getattr(mark, "name", "") == "linearised network"]
    length = around(finding)["distortion"].median()
    assert np.nanmedian(line.y) == pytest.approx(DISTANCE / length, rel=0.15)


def test_one_attack_has_bars_of_its_own(run):
    panel = HalfSpace()(run(images=1)).charts[0].drawn[0]
    bars = [mark for mark in panel.marks if len(mark.x) == 2 and mark.x[0] == mark.x[1]]
    (points,) = [mark for mark in panel.marks if mark.name == "probes"]
    assert len(bars) == len(points.x)
    for bar, middle in zip(bars, points.y, strict=True):
        assert bar.y[0] <= middle <= bar.y[1]


def test_keeps_the_contract():
    check_analysis(HalfSpace())
