"""How many attacks succeeded, by scipy's Wilson interval, and why the others did not."""

from dataclasses import replace

import pytest
from made_run import made_run
from scipy.stats import binomtest

from advspace.analysis.finished_run import read_run
from advspace_plugins.analysis.attacks import Attacks


def test_success_and_costs(tmp_path):
    finding = Attacks()(read_run(made_run(tmp_path / "run", 5, failed=[3], finished=False)))
    success = finding.headline["success"]
    expected = binomtest(4, 5).proportion_ci(method="wilson")
    assert (success.value, success.low, success.high) == pytest.approx((0.8, expected.low, expected.high), rel=1e-6)
    assert finding.headline["evaluations_mean"].value == (100 + 99 + 98 + 96) / 4
    assert finding.sentence == (
        "4 of 5 attacks on 5 images reached their goal. Passed over: 1 which the model misclassifies."
    )


def test_failures_are_counted_by_reason_the_commonest_first(tmp_path):
    run = read_run(made_run(tmp_path / "run", 16, failed=[0, *range(2, 16)], finished=False))
    reasons = ["one of a kind" if row == 0 else "common" for row in range(16)]
    table = Attacks()(replace(run, images=run.images.assign(reason=reasons))).table
    assert table["reason"].tolist() == ["common", "one of a kind"]
    assert table["attacks"].tolist() == [14, 1]
    assert table["images"].tolist() == [", ".join(f"made-{row}" for row in range(2, 14)), "made-0"]


def test_images_are_the_unit(tmp_path):
    """Two targets of one image, of which one failed, are half a success."""
    run = read_run(made_run(tmp_path / "run", 4, failed=[3], finished=False))
    images = run.images.assign(image_id=["a", "b", "c", "c"])
    success = Attacks()(replace(run, images=images)).headline["success"]
    assert success.value == pytest.approx(2.5 / 3)


def test_without_a_success_there_are_no_costs(tmp_path):
    finding = Attacks()(read_run(made_run(tmp_path / "run", 2, failed=[0, 1], finished=False)))
    assert list(finding.headline) == ["success"]
    assert finding.headline["success"].value == 0
