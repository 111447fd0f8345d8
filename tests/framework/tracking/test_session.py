"""Several trackers of one run: what fails in one stops neither the run nor the others."""

from contextlib import contextmanager

import pytest
from made_results import made_results
from pytorch_lightning.loggers.logger import DummyLogger

from advspace import AdvspaceError
from advspace.tracking.contract import TrackedRun, Tracker
from advspace.tracking.session import open_trackers


class Noted(Tracker):
    """Notes what it gets; fails at a stage if asked to."""

    def __init__(self, fails="", error=None):
        self.notes, self.fails, self.error = [], fails, error or OSError("line\nbroken")

    @contextmanager
    def opened(self, run):
        self._note("open")
        try:
            yield None if self.fails == "absent" else DummyLogger()
        except KeyError as error:
            self.notes.append(repr(error))
            raise
        finally:
            self._note("close")

    def log(self, logger, results):
        assert isinstance(logger, DummyLogger)
        self._note(results.kind)

    def place(self, logger, run):
        self._note("place")
        return f"kept in {run.directory.name}"

    def _note(self, stage):
        self.notes.append(stage)
        if self.fails == stage:
            raise self.error


def test_each_gets_the_results_and_says_where_it_is(tmp_path, capsys):
    trackers = {"one": Noted(), "two": Noted()}
    with open_trackers(trackers, TrackedRun(tmp_path / "r")) as tracking:
        assert len(tracking.loggers) == 2
        tracking.log(made_results(tmp_path))
    for tracker in trackers.values():
        assert tracker.notes == ["open", "run", "place", "close"]
    assert capsys.readouterr() == ("", "kept in r\nkept in r\n")


@pytest.mark.parametrize("stage", ["run", "place", "close"])
def test_an_error_of_one_is_told_at_the_end(tmp_path, stage, capsys):
    trackers = {"bad": Noted(stage), "good": Noted()}
    with open_trackers(trackers, TrackedRun(tmp_path), "again {}".format) as tracking:
        tracking.log(made_results(tmp_path))
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == (
        f"bad has not got everything (line broken); all results are in {tmp_path}; log them with: again bad"
    )
    assert trackers["good"].notes == trackers["bad"].notes == ["open", "run", "place", "close"]


def test_a_tracker_that_cannot_be_opened_is_left_out(tmp_path, capsys):
    trackers = {"bad": Noted("open"), "good": Noted()}
    with open_trackers(trackers, TrackedRun(tmp_path)) as tracking:
        assert list(tracking.opened) == ["good"]
        tracking.log(made_results(tmp_path))
    assert capsys.readouterr().err.splitlines() == [
        "bad cannot be used now (line broken); the run goes on without it",
        f"kept in {tmp_path.name}",
        f"bad has not got this run (line broken); all results are in {tmp_path}",
    ]
    assert trackers["bad"].notes == ["open"]
    assert trackers["good"].notes == ["open", "run", "place", "close"]


def test_a_tracker_may_log_nothing_without_a_word(tmp_path):
    tracker = Noted("absent")
    with open_trackers({"it": tracker}, TrackedRun(tmp_path)) as tracking:
        tracking.log(made_results(tmp_path))
        assert tracking.loggers == []
    assert tracker.notes == ["open", "close"]


def test_a_wrong_setting_ends_the_program_and_closes_the_others(tmp_path):
    first, second = Noted(), Noted("open", AdvspaceError("uri must be a uri"))
    with (
        pytest.raises(AdvspaceError, match=r"^uri must be a uri$"),
        open_trackers({"first": first, "second": second}, TrackedRun(tmp_path)),
    ):
        raise AssertionError
    assert first.notes == ["open", "place", "close"]


def test_packages_are_looked_for_before_anything_is_opened(tmp_path):
    class Absent(Noted):
        needs = {"no_such_module": "pip install it"}  # noqa: RUF012

    first = Noted()
    with (
        pytest.raises(AdvspaceError, match=r"^tracking=second needs the package no_such_module"),
        open_trackers({"first": first, "second": Absent()}, TrackedRun(tmp_path)),
    ):
        raise AssertionError
    assert first.notes == []


def test_an_error_of_the_run_reaches_the_trackers_and_stays(tmp_path):
    """Also where a tracker fails in its turn; nothing is then said of results that are not there."""
    tracker, other = Noted(), Noted("close")
    with (
        pytest.raises(KeyError, match="the run"),
        open_trackers({"it": tracker, "other": other}, TrackedRun(tmp_path)),
    ):
        raise KeyError("the run")
    assert tracker.notes == ["open", "place", "KeyError('the run')", "close"]
