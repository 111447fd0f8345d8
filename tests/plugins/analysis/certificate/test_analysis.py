"""Certificates of a half-space, whose true radius is the distance from its boundary; and runs that have none."""

from dataclasses import replace

import numpy as np
import pytest
from probed_run import half_space, probed_run

from advspace.analysis.findings import analyse
from advspace.errors import AdvspaceError
from advspace.records.draws import read_labels
from advspace.testing import check_analysis
from advspace_plugins.analysis.certificate.analysis import Certificate
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.noise.laplace import Laplace
from advspace_plugins.probe.ladder import Ladder

SCALES = (0.5, 1.0, 2.0, 4.0)
DISTANCE = 0.1
NOISE = Gaussian()
UNCLIPPED = Ladder(scales=SCALES, draws=300, box="none")


@pytest.fixture
def run(linear, tmp_path):
    """Probe around both sides of a half-space."""
    numbers = iter(range(10))

    def done(ladder=UNCLIPPED, noise=NOISE, distance=DISTANCE, images=6, **settings):
        network, cases = half_space(linear, images, distance)
        return probed_run(tmp_path / str(next(numbers)), network, cases, ladder, noise, ("low", "high"), **settings)

    return done


def certified(run, **settings):
    finding = Certificate(**settings)(run)
    return finding.table[finding.table["claim"] == "kept"], finding


def test_of_a_half_space_it_is_nearly_the_distance_and_never_more(run):
    """With 290 draws and 40 attacks: the chance of any radius beyond the distance is at most 80 alpha = 8 %."""
    rows, finding = certified(run(images=40))
    assert len(rows) == 80
    assert (rows["radius"] <= DISTANCE * 1.0001).all()
    assert rows["radius"].median() > 0.6 * DISTANCE
    assert rows["class"].tolist() == [1] * 40 + [0] * 40
    assert not rows["abstained"].any()
    assert (rows["radius"] <= rows["cap"]).all()
    assert finding.headline["certified/adversarial/none"].value == 1
    assert finding.headline["certified_radius/original/none"].value == pytest.approx(
        rows["radius"][rows["center"] == "original"].median()
    )


def test_alpha_is_shared_over_the_scales(run):
    """One scale with alpha / 4 is one of four with alpha."""
    four, _ = certified(run(), alpha=0.004)
    alone = [certified(run(replace(UNCLIPPED, scales=(scale,))), alpha=0.001)[0]["radius"] for scale in SCALES]
    np.testing.assert_allclose(four["radius"], np.max(alone, axis=0))


def test_the_class_is_chosen_on_other_draws_than_the_bound(run, monkeypatch):
    """The first ten draws say one class, all others the other: it is rejected, though it has nearly all draws."""
    made = run(replace(UNCLIPPED, scales=(0.01,)))
    labels = read_labels(made.directory)
    for cells in labels.values():
        for each in cells.values():
            each.classes[:, :10] = 1 - each.classes[:, :10]
    monkeypatch.setattr("advspace_plugins.analysis.certificate.radii.labels_of", lambda _: labels)
    rows, finding = certified(made)
    assert rows["abstained"].all()
    assert (finding.table["class"] == -1).all()
    assert finding.headline["certified/original/none"].value == 0
    assert not certified(made, selection=20)[0].empty


def test_of_pairs_one_draw_is_used(run):
    single, _ = certified(run(replace(UNCLIPPED, draws=150)))
    paired, _ = certified(run(replace(UNCLIPPED, pairs=True)))
    assert set(single["draws"]) == set(paired["draws"]) == {140}
    assert (paired["radius"] <= DISTANCE * 1.0001).all()


def test_clipped_noise_is_certified_too_and_another_class_is_told_apart(run):
    """Far beyond the boundary everything has the center's class; clipped noise of any strength keeps it as well."""
    made = run(replace(UNCLIPPED, box="both"), distance=0.5)
    rows, finding = certified(made)
    assert set(rows["box"]) == {"clip", "none"}
    assert (rows["radius"] <= 0.5).all()
    changed = finding.table[finding.table["claim"] == "changed"]
    assert changed["abstained"].all()
    assert changed["radius"].eq(0).all()
    assert changed[["cap", "scale", "sigma"]].isna().all().all()


def test_all_kept_reaches_the_cap_and_none_kept_abstains_or_certifies_another_class(run):
    """At 1/100 of the distance all draws agree.  Around a center on the wrong side all have the other class."""
    made = run(replace(UNCLIPPED, scales=(0.01,)))
    rows, finding = certified(made)
    np.testing.assert_allclose(rows["radius"], rows["cap"])
    assert "for 6 of them all draws agree, so more draws would certify more" in finding.sentence
    swapped = replace(made, images=made.images.assign(label=1 - made.images["label"]))
    table = Certificate()(swapped).table
    around = table[table["center"] == "original"]
    assert around["abstained"].tolist() == [True] * 6 + [False] * 6
    assert set(around["claim"][~around["abstained"]]) == {"changed"}


def test_a_radius_beyond_the_adversarial_is_no_contradiction(run):
    made = run(distance=0.5)
    short = replace(made, images=made.images.assign(l2=0.01))
    assert "This does not contradict the attack" in Certificate()(short).sentence
    assert "contradict" not in Certificate()(made).sentence


def test_sentence_and_chart_say_what_is_certified(run):
    finding = Certificate()(run())
    assert finding.sentence.startswith("Certificates of the smoothed classifier, best of 4 scales, alpha = 0.001")
    assert "certify at most 1.91 x the noise's sd" in finding.sentence
    (chart,) = finding.charts
    assert set(chart.legend) == {"distortion", "certified, the center's class"}
    assert "smoothed classifier, not for the network" in chart.note
    for panel in chart.drawn:
        for line in panel.marks:
            assert line.y[-1] == 0
            assert (np.diff(line.y) <= 0).all()
            assert ((line.low <= line.y) & (line.y <= line.high)).all()
    assert list(finding.attacks) == ["image_id", "target", "certified radius, not clipped"]
    assert len(finding.attacks) == 6


def test_one_scale(run):
    finding = Certificate()(run(replace(UNCLIPPED, scales=(1.0,))))
    assert "at the one scale" in finding.sentence
    assert set(finding.table["scale"].dropna()) == {1.0}


def test_keeps_the_contract(run):
    check_analysis(Certificate(), run=run())


@pytest.mark.parametrize("alpha", [0.0, 1.0, 1.5, float("nan")])
def test_alpha_is_a_probability(alpha):
    with pytest.raises(AdvspaceError, match="alpha must be between 0 and 1, got"):
        Certificate(alpha=alpha)


def test_one_draw_chooses_the_class_at_least():
    with pytest.raises(AdvspaceError, match="selection must be >= 1, got 0"):
        Certificate(selection=0)


@pytest.mark.parametrize(
    ("ladder", "noise", "said"),
    [
        (UNCLIPPED, Gaussian(mean="distortion"), "mean zero, got noise.mean=distortion; take noise.mean=zero."),
        (replace(UNCLIPPED, until="width:0.05"), Gaussian(), "got probe.until=width:0.05; leave out probe.until."),
        (replace(UNCLIPPED, draws=9), Gaussian(), "of 9 draws, 10 choose the class and 0 are left"),
        (replace(UNCLIPPED, draws=21), Gaussian(), "needs 12; take probe.draws=22 or more."),
        (
            replace(UNCLIPPED, draws=42, pairs=True),
            Gaussian(),
            "one of each pair; alpha=0.001 over 4 scales needs 12; take probe.draws=44",
        ),
    ],
)
def test_runs_whose_draws_allow_no_certificate(run, ladder, noise, said):
    finding = Certificate()(run(ladder, noise))
    assert finding.sentence.startswith("No certificate: ")
    assert said in finding.sentence
    assert not finding.charts
    assert finding.table.empty


def test_of_other_noise_there_is_none(run):
    made = run(noise=Laplace())
    made = replace(made, settings=made.settings | {"noise": {"plugin": "laplace"}})
    assert "and this run has laplace noise; take noise=gaussian." in Certificate()(made).sentence


def test_draws_that_differ_between_cells_were_not_fixed_before(run):
    made = run()
    draws = made.probes["draws"].where(made.probes["scale"] > 1, 100)
    finding = Certificate()(replace(made, probes=made.probes.assign(draws=draws)))
    assert "got draws that differ from scale to scale" in finding.sentence


def test_a_run_without_labels_is_skipped(run):
    findings = analyse(run(replace(UNCLIPPED, keep_labels=0)), {"certificate": Certificate()})
    assert findings.skipped == {"certificate": "the run has no table 'labels'"}
