"""The config of a resumed run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from advspace.errors import AdvspaceError
from advspace.files.atomic import write_bytes, write_text
from advspace.files.checksums import noted
from advspace.lightning import first_process
from advspace.registry.required import require_plugins
from advspace.run_directory import RunDirectory
from advspace.settings import HARMLESS

LATER = ("figures", "objective")
"""Settings that may be missing in the config of an older run; a training has none of them."""


def resumed_config(given: DictConfig, overrides: list[str]) -> DictConfig:
    """The stored config of the run in `given.resume`, with the harmless settings of the current command.

    Args:
        given: The composed config of the current command.
        overrides: Overrides of the current command.

    Raises:
        AdvspaceError: there is no run in that directory, the command changes its results, or a plugin of the run is not
            installed.
    """
    path = RunDirectory(Path(given.resume)).config
    if not path.is_file():
        raise AdvspaceError(f"resume: {given.resume} is no run directory (it has no .hydra/config.yaml)")
    names = {override.lstrip("+~").split("=")[0].split(".")[0] for override in overrides} - {"resume", "hydra"}
    changed = sorted(names - set(HARMLESS))
    if changed:
        raise AdvspaceError(
            f"resume: the settings come from {path}; remove {', '.join(changed)} "
            f"(only {', '.join(HARMLESS)} may change)"
        )
    stored = _stored(RunDirectory(Path(given.resume)))
    require_plugins(Path(given.resume), stored)
    for name in {*names, *(name for name in LATER if name in given and name not in stored)}:
        OmegaConf.update(stored, name, given[name], merge=False)
    return stored


def keep_values(directory: Path, config: DictConfig) -> None:
    """Store the values of a new run's interpolations, such as `${oc.env:DATA}`: later they could have others.

    From then on the stored config may not change.

    Args:
        directory: The run directory.
        config: The composed config.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    run = RunDirectory(directory)
    if not first_process() or not run.config.exists() or run.stored_checksums.exists():
        return
    if _interpolated(run.read_settings()) is not None:
        write_text(run.config, OmegaConf.to_yaml(config, resolve=True))
    stored = [path for path in (run.config, run.overrides) if path.exists()]
    write_bytes(run.stored_checksums, noted({path.name: path.read_bytes() for path in stored}))


def _interpolated(settings: Mapping[str, Any]) -> str | None:
    """Name of a setting that is an interpolation; None if there is none."""
    return next((name for name, value in dotted(settings).items() if "${" in str(value)), None)


def _stored(run: RunDirectory) -> DictConfig:
    """The stored config, which resolves nothing: it may come from someone else, and name any variable or file."""
    settings = run.read_settings()
    if not settings:
        raise AdvspaceError(f"resume: {run.config} is no config; start the run anew")
    unresolved = _interpolated(settings)
    if unresolved is not None:
        raise AdvspaceError(
            f"resume: {unresolved} in {run.config} is an interpolation, which is not followed in a stored run; "
            "replace it by its value"
        )
    return OmegaConf.create(settings)


def dotted(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings by their dotted names."""
    result: dict[str, Any] = {}
    for key, value in tree.items():
        result |= dotted(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return result
