"""The config of a resumed run."""

from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from advspace.errors import AdvspaceError
from advspace.registry.required import require_plugins
from advspace.run.identity import adopt
from advspace.run_directory import RunDirectory
from advspace.settings import HARMLESS, plain

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
    stored = OmegaConf.load(path)
    if not isinstance(stored, DictConfig):
        raise AdvspaceError(f"resume: {path} is no config; start the run anew")
    require_plugins(Path(given.resume), stored)
    adopt(Path(given.resume), plain(stored))
    for name in {*names, *(name for name in LATER if name in given and name not in stored)}:
        OmegaConf.update(stored, name, given[name], merge=False)
    return stored
