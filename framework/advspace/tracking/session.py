"""All trackers of a run: opened before the work, closed after it; an error of one stops neither the run nor others."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from advspace.errors import AdvspaceError, one_line
from advspace.tracking.contract import Results, TrackedRun, Tracker

if TYPE_CHECKING:
    from advspace.tracking.isolated import Isolated

Again = Callable[[str], str]
"""The command that logs a finished run to the tracker of a name; empty if there is none."""
Tell = Callable[[str], None]


def never(name: str) -> str:
    """No command."""
    del name
    return ""


@dataclass(frozen=True)
class Tracking:
    """The open trackers of a run.

    Args:
        trackers: The trackers by name.
        opened: The logger of each tracker that could be opened, by name.
    """

    trackers: Mapping[str, Tracker] = field(default_factory=dict)
    opened: "Mapping[str, Isolated]" = field(default_factory=dict)

    @property
    def loggers(self) -> "list[Isolated]":
        """The loggers for a training."""
        return list(self.opened.values())

    def log(self, results: Results) -> None:
        """Give the results to each tracker that had no error.

        Args:
            results: The results.
        """
        for name, logger in self.opened.items():
            logger.attempt(partial(self.trackers[name].log, logger.logger, results))


@contextmanager
def open_trackers(trackers: Mapping[str, Tracker], run: TrackedRun, again: Again = never) -> Iterator[Tracking]:
    """Open the trackers of a run within the block.

    Args:
        trackers: Trackers by name.
        run: The run.
        again: Gives the command that logs the run later.

    Raises:
        AdvspaceError: a package of a tracker is not installed, or a setting of it is wrong.
    """
    for name, tracker in trackers.items():
        tracker.check(name)
    missed: dict[str, str] = {}
    with ExitStack() as stack:
        entered = {name: stack.enter_context(_open(name, each, run, missed)) for name, each in trackers.items()}
        yield Tracking(trackers, {name: logger for name, logger in entered.items() if logger is not None})
    for name, what in missed.items():
        command = again(name)
        later = f"; log them with: {command}" if command else ""
        _tell(f"{name} has not got {what}; all results are in {run.directory}{later}")


@contextmanager
def _open(name: str, tracker: Tracker, run: TrackedRun, missed: dict[str, str]) -> "Iterator[Isolated | None]":
    """One tracker within the block; None if it cannot be used now."""
    from advspace.tracking.isolated import Isolated

    manager, reason = tracker.opened(run), ""
    try:
        logger = manager.__enter__()
    except AdvspaceError:
        raise
    except Exception as error:  # another package may raise any
        reason = one_line(error)
    if reason:
        missed[name] = f"this run ({reason})"
        _tell(f"{name} cannot be used now ({reason}); the run goes on without it")
        yield None
        return
    tell, place = partial(_miss, missed, name), partial(tracker.place, logger, run) if logger else str
    try:
        yield Isolated(logger, tell) if logger else None
    except BaseException as error:
        _close(manager, place, tell, error)
        raise
    _close(manager, place, tell)


def _miss(missed: dict[str, str], name: str, reason: str) -> None:
    missed.setdefault(name, f"everything ({reason})")


def _close(manager: Any, place: Callable[[], str], tell: Tell, error: BaseException | None = None) -> None:
    """Close a tracker, and say where the run is."""
    said: list[str] = []
    _attempt(lambda: said.append(place()), tell)
    _attempt(lambda: manager.__exit__(type(error) if error else None, error, error and error.__traceback__), tell)
    for line in filter(None, said):
        _tell(line)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _attempt(call: Callable[[], object], tell: Tell) -> None:
    try:
        call()
    except Exception as error:  # another package may raise any
        tell(one_line(error))
