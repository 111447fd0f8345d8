"""The multirun of a run, and the run's name in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from advspace.files.atomic import write_text
from advspace.files.untrusted import json_text
from advspace.lightning import in_multirun
from advspace.run_directory import MultirunDirectory

LONGEST = 128
"""Most letters of a name in wandb."""


@dataclass(frozen=True)
class Sweep:
    """A run of a multirun.

    Args:
        group: Name of the multirun: its directory, as the user gave it.
        run: Overrides that differ, such as `noise=gaussian,seed=1`; if none, the run's number.
    """

    group: str
    run: str


def current_sweep() -> Sweep | None:
    """The multirun of this process; None if there is none."""
    if not in_multirun():
        return None
    hydra: Any = HydraConfig.get()
    directory = Path(hydra.sweep.dir)
    same = stored_command(directory) or []
    differing = [each for each in hydra.overrides.task if each not in same]
    return Sweep(group_of(directory), ",".join(differing)[:LONGEST] or str(hydra.job.num))


def group_of(directory: Path) -> str:
    """Name of the multirun in `directory`."""
    return (directory.name if directory.is_absolute() else directory.as_posix())[-LONGEST:]


def stored_command(directory: Path) -> list[str] | None:
    """The overrides of the multirun in `directory`; None if there is none."""
    if not MultirunDirectory(directory).command.exists():
        return None
    return MultirunDirectory(directory).read_overrides()


def write_command(config: DictConfig) -> None:
    """Write the multirun's config into its directory; Hydra's basic sweeper does this, other sweepers do not."""
    directory = Path(config.hydra.sweep.dir)
    directory.mkdir(parents=True, exist_ok=True)
    multirun = MultirunDirectory(directory)
    overrides = {part: list(each or []) for part, each in config.hydra.overrides.items()}
    write_text(multirun.overrides, json_text({"hydra": {"overrides": overrides}}))
    write_text(multirun.command, OmegaConf.to_yaml(config))
