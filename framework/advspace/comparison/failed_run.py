"""The runs of a multirun, and why one of them failed."""

import json
from dataclasses import dataclass
from pathlib import Path

from omegaconf import OmegaConf

from advspace.files import write_text

FOLDER = "comparison"
"""In the directory of a multirun: what its runs have in common and what not."""
FAILURE = "failure.json"
"""In the directory of a run that failed: why."""


@dataclass(frozen=True)
class FailedRun:
    """A run without results.

    Args:
        directory: Its directory.
        overrides: What its command line set.
        reason: One sentence.
    """

    directory: Path
    overrides: list[str]
    reason: str


def run_directories(directory: Path) -> list[Path]:
    """The directories of all runs below `directory`, in the order they were started."""
    found = [path.parent.parent for path in directory.glob("**/.hydra/config.yaml") if path.parent.parent != directory]
    return sorted(found, key=lambda path: [(len(part), part) for part in path.relative_to(directory).parts])


def write_failure(place: Path, reason: str, trace: str) -> None:
    """Leave the reason of a failure in a run directory, and the trace for who wants to mend the program."""
    write_text(place / FAILURE, json.dumps({"reason": reason, "trace": trace}, indent=1))


def read_failure(place: Path) -> FailedRun:
    """Why the run in `place` failed."""
    return failed_run(place, json.loads((place / FAILURE).read_text())["reason"])


def failed_run(place: Path, reason: str) -> FailedRun:
    """The run in `place`, failed for a reason that it did not write down itself."""
    return FailedRun(place, overrides_of(place), reason)


def overrides_of(place: Path) -> list[str]:
    """What the command line of the run in `place` set."""
    path = place / ".hydra" / "overrides.yaml"
    return [str(override) for override in OmegaConf.load(path)] if path.exists() else []
