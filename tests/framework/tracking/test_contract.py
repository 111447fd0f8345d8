"""What trackers have in common."""

from typing import ClassVar

import pytest
from made_results import made_results

from advspace import AdvspaceError
from advspace.tracking.contract import TrackedRun, Tracker


class Needs(Tracker):
    needs: ClassVar = {"json": "never asked", "no_such_module": "pip install 'advspace[such]'"}

    def opened(self, run):
        raise NotImplementedError

    def log(self, logger, results):
        raise NotImplementedError


def test_a_package_that_is_absent_is_told_with_its_command():
    said = (
        r"^tracking=such needs the package no_such_module, which is not installed; install it "
        r"\(pip install 'advspace\[such\]'\), or choose another tracker \(tracking=csv, tracking=off\)$"
    )
    with pytest.raises(AdvspaceError, match=said):
        Needs().check("such")


def test_estimates_are_numbers_and_texts(tmp_path):
    results = made_results(tmp_path)
    assert results.numbers == {"attacks": 3.0, "half/adversarial": 0.5}
    assert results.texts == {"half/adversarial_censored": "above"}


def test_a_tracker_that_says_nothing_of_its_place(tmp_path):
    assert Needs().place(None, TrackedRun(tmp_path)) == ""
    assert (TrackedRun(tmp_path).kind, TrackedRun(tmp_path, compares=True).kind) == ("run", "multirun")
