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
    result = [path.parent.parent for path in directory.glob("**/.hydra/config.yaml") if path.parent.parent != directory]
    return sorted(result, key=lambda path: [(len(part), part) for part in path.relative_to(directory).parts])


def write_failure(path: Path, reason: str, trace: str) -> None:
    """Leave the reason of a failure in a run directory, and the trace for who wants to mend the program."""
    write_text(path / FAILURE, json.dumps({"reason": reason, "trace": trace}, indent=1))


def read_failure(path: Path) -> FailedRun:
    """Why the run in `path` failed."""
    return failed_run(path, json.loads((path / FAILURE).read_text())["reason"])


def failed_run(path: Path, reason: str) -> FailedRun:
    """The run in `path`, failed for a reason that it did not write down itself."""
    return FailedRun(path, overrides_of(path), reason)


def overrides_of(path: Path) -> list[str]:
    """What the command line of the run in `path` set."""
    path = path / ".hydra" / "overrides.yaml"
    return [str(override) for override in OmegaConf.load(path)] if path.exists() else []
