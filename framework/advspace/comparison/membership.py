"""Which multirun a run is part of, and what tells it from the others there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from advspace.run_directory import MultirunDirectory

LONGEST = 128
"""Letters that wandb takes for a name."""


@dataclass(frozen=True)
class Sweep:
    """A run's place in a multirun.

    Args:
        group: Name of the multirun: its directory, as the user gave it.
        run: What varies, as `noise=gaussian,seed=1`; the run's number where nothing does.
    """

    group: str
    run: str


def current_sweep() -> Sweep | None:
    """The multirun that this process works for; None outside of one."""
    if not HydraConfig.initialized() or HydraConfig.get().mode != RunMode.MULTIRUN:
        return None
    hydra: Any = HydraConfig.get()
    directory = Path(hydra.sweep.dir)
    path = MultirunDirectory(directory).command
    same = set(OmegaConf.select(OmegaConf.load(path), "hydra.overrides.task")) if path.exists() else set()
    differing = [each for each in hydra.overrides.task if each not in same]
    return Sweep(group_of(directory), ",".join(differing)[:LONGEST] or str(hydra.job.num))


def group_of(directory: Path) -> str:
    """Name of the multirun in `directory`."""
    return (directory.name if directory.is_absolute() else directory.as_posix())[-LONGEST:]


def write_command(config: DictConfig) -> None:
    """Keep what began the multirun in its directory; Hydra's basic sweeper does, others do not."""
    directory = Path(config.hydra.sweep.dir)
    directory.mkdir(parents=True, exist_ok=True)
    OmegaConf.save(config, MultirunDirectory(directory).command)
