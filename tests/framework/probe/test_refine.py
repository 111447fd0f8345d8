"""Scales between those of the ladder: where they lie, and the rows that hold them."""

import pytest

from advspace import ProbeRecord
from advspace.probe.refine import middles, refined_rows


def record(scale, kept, draws=10, center="adversarial", box="none"):
    """A record whose other probes have another class."""
    own = {"n_original": kept, "n_target": 0} if center == "original" else {"n_target": kept, "n_original": 0}
    counts = {"draws": draws, "n_other": draws - kept, "class_counts": []}
    return ProbeRecord("a", 1, center, box, scale, **own, **counts, noise_mean=0, noise_sd=0, noise_l2=0, clipped=0)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ((10, 6, 5, 0), [4.0]),  # half counts as lost
        ((10, 4, 9, 0), [1.0]),  # the first fall, though the curve rises again
        ((10, 10, 10, 6), []),
        ((5, 9, 0, 0), []),
    ],
)
def test_the_middle_of_the_step_in_which_half_is_first_lost(kept, expected):
    curve = [record(scale, each) for scale, each in zip((0.5, 2.0, 8.0, 32.0), kept, strict=True)]
    assert [scale for *_, scale in middles(curve[::-1])] == pytest.approx(expected)


def test_each_center_and_box_has_its_own_middle():
    curves = [
        record(scale, kept, center=center, box=box)
        for center, box, last in (("adversarial", "clip", 0), ("adversarial", "none", 9), ("original", "clip", 1))
        for scale, kept in ((1.0, 10), (4.0, last))
    ]
    assert middles(curves) == [("adversarial", "clip", 2.0), ("original", "clip", 2.0)]


def test_one_scale_has_no_step():
    assert middles([record(1.0, 7)]) == []


def test_rows_are_ordered_by_scale_and_none_is_left_out():
    ladder = [record(1.0, 10, box=box) for box in ("clip", "none")]
    rows = refined_rows(ladder, [record(3.0, 2, 50, box="none"), record(2.0, 7, 100, box="none")])
    assert rows == [
        {"center": "adversarial", "box": "clip", "scales": [], "draws": [], "kept": []},
        {"center": "adversarial", "box": "none", "scales": [2.0, 3.0], "draws": [100, 50], "kept": [7, 2]},
    ]
