"""What a run directory is of: the settings that decide its results, kept at its birth and compared at every opening."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from advspace.comparison.differences import flat
from advspace.errors import AdvspaceError
from advspace.files import write_text
from advspace.records.tables import done_cases
from advspace.run_directory import RunDirectory

MOST_NAMED = 5
"""Settings that differ and are named."""


def begin(directory: Path, settings: Mapping[str, Any]) -> None:
    """Give a directory its identity, or insist that it has this one.

    Args:
        directory: The run directory.
        settings: The composed config of today's command, as nested dicts.

    Raises:
        AdvspaceError: the directory holds a run with other settings; names those that differ.
    """
    run, today = RunDirectory(directory), _deciding(settings)
    if not run.identity.exists():
        if done_cases(directory):
            raise AdvspaceError(
                f"the run in {directory} comes from a version that kept no identity; go on with it "
                f"(resume={directory}), or choose another directory (hydra.run.dir=...)"
            )
        write_text(run.identity, _text(today))
        return
    stored = json.loads(run.identity.read_text())
    if stored["digest"] != _digest(today):
        differing = _differing(stored["settings"], today)
        raise AdvspaceError(
            f"the run in {directory} began with other settings: {differing}; choose another directory "
            f"(hydra.run.dir=...), or go on with that run (resume={directory})"
        )


def adopt(directory: Path, settings: Mapping[str, Any]) -> None:
    """Give a run of a version that kept no identity that of its stored config.

    Args:
        directory: The run directory.
        settings: The config stored there, as nested dicts.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    run, deciding = RunDirectory(directory), _deciding(settings)
    if not run.identity.exists():
        write_text(run.identity, _text(deciding))


def _text(settings: Mapping[str, str]) -> str:
    return json.dumps({"digest": _digest(settings), "settings": settings}, indent=1, sort_keys=True)


def _deciding(settings: Mapping[str, Any]) -> dict[str, str]:
    """The settings that decide results, by their dotted names, as texts."""
    return {key: json.dumps(value, sort_keys=True, default=str) for key, value in flat(dict(settings)).items()}


def _digest(settings: Mapping[str, str]) -> str:
    return blake2b(json.dumps(settings, sort_keys=True).encode(), digest_size=16).hexdigest()


def _differing(stored: Mapping[str, str], today: Mapping[str, str]) -> str:
    keys = [key for key in {**stored, **today} if stored.get(key) != today.get(key)]
    texts = [f"{key}={stored.get(key, 'not set')}, now {today.get(key, 'not set')}" for key in keys[:MOST_NAMED]]
    more = f"; and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    return "; ".join(texts).replace('"', "") + more
