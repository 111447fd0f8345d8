"""Why a run of a multirun has no results."""

import json
from dataclasses import dataclass
from pathlib import Path

from advspace.files import write_text
from advspace.run_directory import RunDirectory


@dataclass(frozen=True)
class FailedRun:
    """A run without results, or one whose analyses failed.

    Args:
        directory: Its directory.
        overrides: What its command line set.
        reason: One sentence.
        finished: Whether its tables are whole all the same: only an analysis of them failed.
    """

    directory: Path
    overrides: list[str]
    reason: str
    finished: bool = False

    @classmethod
    def of(cls, run: RunDirectory, reason: str) -> "FailedRun":
        """A run that failed for a reason which it did not write down itself."""
        return cls(run.path, run.read_overrides(), reason)


def write_failure(path: Path, reason: str, trace: str, *, finished: bool = False) -> None:
    """Leave the reason of a failure in a run directory, and the trace for developers.

    Args:
        path: The run directory.
        reason: One sentence.
        trace: Where it happened.
        finished: Whether the tables of the run are whole all the same.
    """
    failure = {"reason": reason, "trace": trace, "finished": finished}
    write_text(RunDirectory(path).failure, json.dumps(failure, indent=1))


def read_failure(run: RunDirectory) -> FailedRun | None:
    """Why a run failed; None where it did not."""
    if not run.failure.exists():
        return None
    stored = json.loads(run.failure.read_text())
    return FailedRun(run.path, run.read_overrides(), stored["reason"], stored.get("finished", False))
