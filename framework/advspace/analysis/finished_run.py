"""What a run directory holds, as a report tells it."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import OmegaConf
from pyarrow import ArrowException

from advspace.analysis.curves import Curve, curves
from advspace.analysis.summary import SUMMARY, summarise
from advspace.attack.contract import UNTARGETED
from advspace.errors import AdvspaceError
from advspace.records.tables import read_tables
from advspace.selection.plan import PLAN, stored_plan
from advspace.selection.selection import Selection

NOTHING = Selection([], [], [], [], [], [], [])


@dataclass(frozen=True)
class FinishedRun:
    """A run, read back from its directory alone.

    Args:
        directory: Where it is.
        finished: Whether it came to its end; else it was stopped, or goes on.
        planned: How many attacks it set out to make.
        summary: As in `summary.json`; of a run that was stopped, what it would be if this were all.
        images: The table of images.
        probes: The table of probes.
        curves: What the probes showed.
        classes: Name of each class; empty where an older run did not keep them.
        command: What was typed to start it; empty where that was not kept.
    """

    directory: Path
    finished: bool
    planned: int
    summary: dict[str, Any]
    images: pd.DataFrame
    probes: pd.DataFrame
    curves: list[Curve]
    classes: list[str]
    command: str

    def class_name(self, label: int) -> str:
        """What a class is called: by its number where its name was not kept."""
        if label == UNTARGETED:
            return "any other"
        return self.classes[label] if label < len(self.classes) else str(label)

    @property
    def succeeded(self) -> pd.DataFrame:
        """Rows of the attacks that reached their goal."""
        return self.images[self.images["success"]]


def read_run(directory: Path, known: list[Curve] | None = None) -> FinishedRun:
    """Read a run directory.

    Args:
        directory: Where it is.
        known: What its probes showed, where that was computed a moment ago.

    Raises:
        AdvspaceError: no image is finished in `directory`, or a file of it is damaged.
    """
    try:
        return _read(directory, known)
    except (ArrowException, json.JSONDecodeError, KeyError, TypeError) as error:
        raise AdvspaceError(
            f"the files of {directory} cannot be read back ({error}); restore them, or run it again"
        ) from error


def _read(directory: Path, known: list[Curve] | None) -> FinishedRun:
    images, probes = read_tables(directory)
    result = curves(probes) if known is None else known
    plan = stored_plan(directory) if (directory / PLAN).exists() else None
    selection = plan.selection if plan else NOTHING
    path = directory / SUMMARY
    finished = path.exists()
    summary = json.loads(path.read_text()) if finished else summarise(images, result, selection, _settings(directory))
    return FinishedRun(
        directory=directory,
        finished=finished,
        planned=max(len(selection.ids), len(images)),
        summary=summary,
        images=images,
        probes=probes,
        curves=result,
        classes=plan.classes if plan else [],
        command=_command(directory),
    )


def _settings(directory: Path) -> dict[str, Any]:
    path = directory / ".hydra" / "config.yaml"
    settings: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=True) if path.exists() else {}
    return dict(settings)


def _command(directory: Path) -> str:
    path = directory / ".hydra" / "overrides.yaml"
    if not path.exists():
        return ""
    return command_line(*OmegaConf.load(path))


def command_line(*arguments: object) -> str:
    """What to type into a shell to run `probe.py` with these arguments."""
    return shlex.join(["python", "probe.py", *(str(argument) for argument in arguments)])
