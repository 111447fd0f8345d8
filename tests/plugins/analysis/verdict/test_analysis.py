"""The shapes of the regions of a run of the laboratory, and of runs that cannot have one."""

from dataclasses import replace

import pytest
from made_run import made_run

from advspace.analysis.findings import analyse
from advspace.analysis.finished_run import read_run
from advspace.testing import check_analysis
from advspace_plugins.analysis.verdict.analysis import Verdict

LAB = ("dataset=lab", "model=lab", "analysis=[verdict]", "probe.box=none")
TIGHT = (*LAB, "probe.center=tight", "probe.pairs=true", "probe.draws=100")


def read(shared_run, *overrides, name=""):
    probe = {"plugin": "ladder", "box": "none", "pairs": "probe.pairs=true" in overrides}
    settings = {"noise": {"plugin": "gaussian", "mean": "zero"}, "probe": probe}
    return read_run(shared_run(*overrides).directory, settings, name)


def told(shared_run, *overrides):
    return Verdict()(read(shared_run, *overrides))


@pytest.mark.parametrize(("region", "shape"), [("half_space", "flat"), ("ball", "closing"), ("stripes", "non-convex")])
def test_the_shape_of_a_region_of_the_laboratory(shared_run, region, shape):
    finding = told(shared_run, *TIGHT, f"model.region={region}")
    far = finding.table[finding.table["range"] == "far"]
    assert set(far["center"]) == {"tight"}
    assert far["shape"].tolist() == [shape] * 8
    share = finding.headline[f"verdict/tight/far/{shape}"]
    assert (share.value, share.high) == (1, 1)
    assert share.low == pytest.approx(0.025 ** (1 / 8))
    assert finding.attacks["shape, far"].tolist() == [shape] * 8
    assert f"8 {shape}" in finding.sentence


def test_a_thousand_draws_name_the_kind(shared_run):
    finding = told(shared_run, *TIGHT[:-1], "probe.draws=1000", "images=2", "model.region=ball")
    assert set(finding.table["kind"]) == {"bulging"}
    assert "compatible with bulging (2)" in finding.sentence
    assert finding.attacks["shape, far"].tolist() == ["closing: bulging"] * 2


def test_without_a_tight_center_the_adversarial_is_told(shared_run):
    finding = told(shared_run, *LAB, "model.region=ball", "probe.draws=100")
    assert set(finding.table["center"]) == {"adversarial"}
    assert set(finding.table["shape"]) == {"closing"}


def test_near_and_far_are_told_apart(shared_run):
    finding = told(shared_run, *TIGHT, "model.region=slab")
    scales = finding.table.groupby("range")["scales"].first()
    assert scales.to_dict() == {"far": 11, "near": 7}


def test_one_scale(shared_run):
    finding = told(shared_run, *TIGHT, "model.region=half_space", "probe.scales=[4]")
    assert set(finding.table["range"]) == {"far"}
    assert set(finding.table["shape"]) == {"flat"}
    assert not [name for name in finding.headline if "/near/" in name]


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("noise", {"plugin": "laplace"}, "take noise=gaussian"),
        ("noise", {"plugin": "gaussian", "mean": "distortion"}, "Gaussian noise of mean zero"),
        ("probe", {"until": "width:0.05"}, "leave out probe.until"),
        ("probe", {"shared_draws": False}, "set probe.shared_draws=true"),
        ("probe", {"box": "clip"}, "set probe.box=none or both"),
    ],
)
def test_runs_without_a_verdict_say_why(shared_run, kind, settings, said):
    run = read(shared_run, *TIGHT, "model.region=half_space")
    changed = replace(run, settings=run.settings | {kind: run.settings[kind] | settings})
    finding = Verdict()(changed)
    assert said in finding.sentence
    assert not finding.headline


def test_a_run_from_before_labels_were_kept_is_skipped(tmp_path):
    findings = analyse(read_run(made_run(tmp_path / "run")), {"verdict": Verdict()})
    assert "labels" in findings.skipped["verdict"]


def test_probes_around_the_original_alone_have_no_verdict(shared_run):
    finding = told(shared_run, *LAB, "probe.center=original", "probe.draws=20")
    assert "nothing is told" in finding.sentence


def test_runs_side_by_side(shared_run):
    runs = [read(shared_run, *TIGHT, f"model.region={name}", name=name) for name in ("ball", "stripes")]
    finding = Verdict().compare(runs)
    assert [chart.name for chart in finding.charts] == ["verdicts"]
    assert "stripes, non-convex: 1 [0.63, 1]" in finding.charts[0].text


def test_one_run_is_not_compared(shared_run):
    assert Verdict().compare([read(shared_run, *TIGHT, "model.region=ball")]) is None


def test_it_keeps_the_contract(shared_run):
    check_analysis(Verdict(), run=read(shared_run, *TIGHT, "model.region=ball"))
