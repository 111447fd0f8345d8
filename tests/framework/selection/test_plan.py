"""What a run set out to do is fixed when it begins."""

import json

import pytest

from advspace import AdvspaceError, Measure
from advspace.errors import DamagedError
from advspace.run_directory import RunDirectory
from advspace.selection.plan import Plan, read_plan, stored_plan, write_plan
from advspace.selection.selection import Selection

SELECTION = Selection([3, 3, 5], ["c", "c", "e"], [0, 0, 1], [1, 2, 0], ["wrong"], ["aimed at"], ["torn"])
PLAN = Plan(SELECTION, "digest", ["one", "two"], Measure("distance", "L2", noise=False, centers=("adversarial",)))


def test_it_comes_back_as_it_was(tmp_path):
    assert read_plan(tmp_path, "digest") is None
    write_plan(tmp_path, PLAN)
    assert read_plan(tmp_path, "digest") == stored_plan(tmp_path) == PLAN
    assert (PLAN.selection.images, PLAN.selection.turn(1)) == (2, 1)


def test_a_run_does_not_go_on_with_other_weights(tmp_path):
    write_plan(tmp_path, PLAN)
    with pytest.raises(AdvspaceError, match=r"began with other weights \(digest digest, now other\); give the weights"):
        read_plan(tmp_path, "other")


def test_a_plan_of_an_older_version_measures_noise_and_has_no_names(tmp_path):
    write_plan(tmp_path, PLAN)
    path = RunDirectory(tmp_path).plan
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({key: stored[key] for key in ("selection", "weights")}))
    assert stored_plan(tmp_path) == Plan(SELECTION, "digest", [], Measure())


def test_a_digit_that_changed_is_noticed(tmp_path):
    write_plan(tmp_path, PLAN)
    path = RunDirectory(tmp_path).plan
    path.write_text(path.read_text().replace('"weights": "digest"', '"weights": "digits"'))
    with pytest.raises(DamagedError, match=r"plan.json cannot be read \(its checksum does not fit\); make it"):
        stored_plan(tmp_path)
