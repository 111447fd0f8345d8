"""The identity of a run directory: the settings that decide its results, stored at its birth and compared later."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from advspace.comparison.differences import flat
from advspace.errors import OccupiedError
from advspace.files.atomic import write_text
from advspace.records.tables import done_cases
from advspace.run_directory import RunDirectory

MOST_NAMED = 5
"""Number of settings that an error names."""


def begin(directory: Path, settings: Mapping[str, Any]) -> None:
    """Give a new run directory its identity, or compare that of a run which began earlier.

    Args:
        directory: The run directory.
        settings: The composed config of this command, as nested dicts.

    Raises:
        OccupiedError: the directory contains a run with other settings (the error names them), or a run of unknown
            settings.
    """
    run, today = RunDirectory(directory), _deciding(settings)
    stored = _stored(run)
    if stored is None and (run.identity.exists() or done_cases(directory)):
        raise OccupiedError(
            f"the settings of the run in {directory} are unknown ({run.identity.name} is missing or damaged); "
            f"go on with it (resume={directory}), or choose another directory (hydra.run.dir=...)"
        )
    if stored is None:
        write_text(run.identity, _text(today))
    elif stored != today:
        raise OccupiedError(
            f"the run in {directory} began with other settings: {_differing(stored, today)}; choose another "
            f"directory (hydra.run.dir=...), or go on with that run (resume={directory})"
        )


def adopt(directory: Path, settings: Mapping[str, Any]) -> None:
    """Give a run without a readable identity, such as one of an older version, that of its stored config.

    Args:
        directory: The run directory.
        settings: The config stored in the directory, as nested dicts.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    run = RunDirectory(directory)
    if _stored(run) is None:
        write_text(run.identity, _text(_deciding(settings)))


def _stored(run: RunDirectory) -> dict[str, str] | None:
    """The settings of the identity; None if it is missing or damaged."""
    try:
        stored = json.loads(run.identity.read_text())
        settings: dict[str, str] = stored["settings"]
        return settings if stored["digest"] == _digest(settings) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _text(settings: Mapping[str, str]) -> str:
    return json.dumps({"digest": _digest(settings), "settings": settings}, indent=1, sort_keys=True)


def _deciding(settings: Mapping[str, Any]) -> dict[str, str]:
    """The settings that decide the results: their dotted names, and their values as JSON."""
    return {key: json.dumps(value, sort_keys=True, default=str) for key, value in flat(dict(settings)).items()}


def _digest(settings: Mapping[str, str]) -> str:
    return blake2b(json.dumps(settings, sort_keys=True).encode(), digest_size=16).hexdigest()


def _differing(stored: Mapping[str, str], today: Mapping[str, str]) -> str:
    keys = [key for key in {**stored, **today} if stored.get(key) != today.get(key)]
    texts = [f"{key}={stored.get(key, 'not set')}, now {today.get(key, 'not set')}" for key in keys[:MOST_NAMED]]
    more = f"; and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    return "; ".join(texts).replace('"', "") + more
