"""The plan of a run, written at its start: so another process can finish the run, and a report needs no data."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from advspace.errors import AdvspaceError, DamagedError
from advspace.files.atomic import write_text
from advspace.files.untrusted import json_text, read_json
from advspace.pasted import resume_command
from advspace.probe.contract import Measure
from advspace.run_directory import RunDirectory
from advspace.selection.selection import Selection


@dataclass(frozen=True)
class Plan:
    """The images, their targets, the weights attacked, the names of the classes, and what the probe measures.

    Args:
        selection: The images and their targets.
        weights: Digest of the model's weights.
        classes: Name of each class; empty in the plan of an older run.
        measure: What the probe measures; the default in the plan of an older run.
    """

    selection: Selection
    weights: str
    classes: list[str] = field(default_factory=list)
    measure: Measure = field(default_factory=Measure)


def write_plan(directory: Path, plan: Plan) -> None:
    """Write the plan of a run.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    write_text(RunDirectory(directory).plan, json_text(asdict(plan)))


def read_plan(directory: Path, weights: str) -> Plan | None:
    """The plan of a run, or None if it has none yet.

    Args:
        directory: The run directory.
        weights: Digest of the current weights.

    Raises:
        DamagedError: it is damaged.
        AdvspaceError: the run began with other weights.
    """
    if not RunDirectory(directory).plan.exists():
        return None
    plan = stored_plan(directory)
    if plan.weights != weights:
        raise AdvspaceError(
            f"the run in {directory} began with other weights (digest {plan.weights}, now {weights}); "
            "give the weights it began with (model.weights=...) or start anew"
        )
    return plan


def stored_plan(directory: Path) -> Plan:
    """The plan of a run, without a check of the weights.

    Raises:
        DamagedError: it is missing or damaged.
    """
    path = RunDirectory(directory).plan
    stored = read_json(path, f"make it again: {resume_command(directory)}")
    try:
        measure = stored.pop("measure", {})
        if "centers" in measure:
            measure["centers"] = tuple(measure["centers"])
        return Plan(Selection(**stored.pop("selection")), measure=Measure(**measure), **stored)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DamagedError(
            f"{path} is no plan of a run ({error}); make it again: {resume_command(directory)}"
        ) from error
