"""What a run sets out to do, fixed when it begins, so that it can be finished by another."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from advspace.atomic import write_text
from advspace.errors import AdvspaceError
from advspace.selection import Selection

PLAN = "plan.json"


@dataclass(frozen=True)
class Plan:
    """The images, their targets, and the weights attacked.

    Args:
        selection: The images and their targets.
        weights: Digest of the model's weights.
    """

    selection: Selection
    weights: str


def write_plan(directory: Path, plan: Plan) -> None:
    """Fix the plan of a run.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    write_text(directory / PLAN, json.dumps(asdict(plan), indent=1))


def read_plan(directory: Path, weights: str) -> Plan | None:
    """The plan of a run under way, or None where it has not got that far.

    Args:
        directory: The run directory.
        weights: Digest of today's weights.

    Raises:
        AdvspaceError: the run began with other weights.
    """
    path = directory / PLAN
    if not path.exists():
        return None
    stored: dict[str, Any] = json.loads(path.read_text())
    if stored["weights"] != weights:
        raise AdvspaceError(
            f"the run in {directory} began with other weights (digest {stored['weights']}, now {weights}); "
            "give the weights it began with (model.weights=...) or start anew"
        )
    return Plan(Selection(**stored["selection"]), weights)
