"""Failed runs of a multirun, with the reason."""

from dataclasses import dataclass
from pathlib import Path

from advspace.errors import AdvspaceError
from advspace.files.atomic import write_text
from advspace.files.untrusted import json_text, read_json
from advspace.run_directory import RunDirectory


@dataclass(frozen=True)
class FailedRun:
    """A run without results, or with a failed analysis.

    Args:
        directory: The run directory.
        overrides: Overrides of its command line.
        reason: One sentence.
        finished: Whether its tables are complete: only an analysis failed.
    """

    directory: Path
    overrides: list[str]
    reason: str
    finished: bool = False

    @classmethod
    def of(cls, run: RunDirectory, reason: str) -> "FailedRun":
        """A failed run without a failure file, with a reason from outside."""
        return cls(run.path, run.read_overrides(), reason)


def write_failure(path: Path, reason: str, trace: str, *, finished: bool = False) -> None:
    """Write the reason of a failure into a run directory, with the stack trace for developers.

    Args:
        path: The run directory.
        reason: One sentence.
        trace: The stack trace.
        finished: Whether the tables of the run are complete.
    """
    failure = {"reason": reason, "trace": trace, "finished": finished}
    write_text(RunDirectory(path).failure, json_text(failure))


def read_failure(run: RunDirectory) -> FailedRun | None:
    """The failure of a run; None if it did not fail."""
    if not run.failure.exists():
        return None
    try:
        stored = read_json(run.failure)
    except AdvspaceError as error:
        return FailedRun.of(run, str(error))
    return FailedRun(run.path, run.read_overrides(), str(stored.get("reason")), bool(stored.get("finished")))
