"""Records that break the contract of probes do not reach the tables."""

import numpy as np
import pytest
import torch

from advspace import AdvspaceError, Case, ProbeRecord, ProbeResult
from advspace.clauses import Owner
from advspace.records.check import checked_result

IMAGE = torch.zeros(1, 2, 2)
CASE = Case("a", IMAGE, IMAGE + 0.5, label=1, target=2)
GOOD = ProbeRecord("a", 2, "original", "clip", 1.0, 10, 5, 3, 2, [2, 3, 5], 0.0, 0.1, 0.1, 0.0)


def checked(given):
    return checked_result(given, Owner("probe", "mine", "theirs 1.0"), CASE, 3)


@pytest.mark.parametrize("given", [[GOOD], (GOOD,), ProbeResult([GOOD]), ProbeResult(tables={"rays": []}), []])
def test_the_contract_kept(given):
    assert isinstance(checked(given), ProbeResult)


def test_numbers_of_numpy_are_numbers(tampered):
    record = tampered(GOOD, n_target=np.int64(5), class_counts=[np.int64(2), 3, 5], noise_sd=np.float32(0.1))
    assert checked([record]).records[0] is record


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"n_target": 3, "n_original": 3, "n_other": 3, "class_counts": [1, 1, 1]},
            "once: .* got draws=10, n_target=3",
        ),
        ({"class_counts": [3, 2, 5]}, "count each probe once"),
        ({"n_original": 2, "n_other": 3}, "count each probe once"),
        ({"draws": 11}, "count each probe once"),
        ({"class_counts": [5, 5]}, "of each of 3 classes, got .5, 5. around the original .clip. at scale 1.0"),
        ({"class_counts": None}, "of each of 3 classes, got None"),
        ({"draws": 0, "n_target": 0, "n_original": 0, "n_other": 0, "class_counts": [0, 0, 0]}, "draws >= 1"),
        ({"n_target": 5.0}, "whole numbers"),
        ({"n_other": -2}, "counts >= 0"),
        ({"image_id": "b"}, "give records of image a and target 2, got b and 2"),
        ({"target": 0}, "give records of image a and target 2, got a and 0"),
        ({"center": 0}, "name center and box by texts, got 0"),
        ({"scale": -1.0}, "give scale as a finite number, scale >= 0, got -1.0"),
        ({"noise_l2": float("nan")}, "give noise_l2 as a finite number"),
        ({"clipped": None}, "give clipped as a finite number"),
    ],
)
def test_a_broken_clause_names_the_probe(changed, said, tampered):
    with pytest.raises(AdvspaceError, match=said) as caught:
        checked([tampered(GOOD, **changed)])
    assert str(caught.value).startswith("probe 'mine' of theirs 1.0 must ")
    assert "check_probe" in str(caught.value)


@pytest.mark.parametrize("given", [None, GOOD, [GOOD, 1], {"a": GOOD}])
def test_no_records(given):
    with pytest.raises(
        AdvspaceError, match=r"^probe 'mine' of theirs 1\.0 must return a list of advspace.ProbeRecord, or an"
    ):
        checked(given)
