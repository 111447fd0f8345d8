"""Runs in Weights & Biases; by default online only if the user is logged in."""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advspace.checks import above, one_of
from advspace.tracking.contract import Results, TrackedRun, Tracker
from advspace_plugins.tracking.wandb.begin import MODES, begun, home_for_wandb, mode_of

if TYPE_CHECKING:
    from pytorch_lightning.loggers import Logger

PROJECT = "advspace"


@dataclass(frozen=True, kw_only=True)
class Wandb(Tracker):
    """Weights & Biases: curves, estimates, tables, charts, and all files as an artifact.

    The command line counts most, then the environment variables that are named, then the defaults.

    Args:
        mode: `auto` (WANDB_MODE; without it online if wandb has a key, else offline), `online`, `offline` or
            `disabled`.
        project: Name of the project; null for WANDB_PROJECT, or `advspace`.
        entity: User or team; null for WANDB_ENTITY.
        group: Group of the run; null for WANDB_RUN_GROUP, or the directory of a multirun.
        name: Name of the run; null for WANDB_NAME, or what varies in a multirun.
        timeout: Time to wait for the server, seconds; null for WANDB_INIT_TIMEOUT, or 30.

    Source: https://docs.wandb.ai
    """

    mode: str = "auto"
    project: str | None = None
    entity: str | None = None
    group: str | None = None
    name: str | None = None
    timeout: float | None = None

    def __post_init__(self) -> None:
        one_of("mode", self.mode, MODES)
        if self.timeout is not None:
            above("timeout", self.timeout, 0)

    @contextmanager
    def opened(self, run: TrackedRun) -> "Iterator[Logger | None]":
        """Open a wandb run in the run directory within the block.

        Raises:
            AdvspaceError: WANDB_MODE is unknown, or wandb cannot begin.
        """
        mode = mode_of(self.mode)
        if mode == "disabled":
            yield None
            return
        with home_for_wandb(run.directory):
            logger = begun(self._init(run), run.settings, mode, self.timeout)
            try:
                yield logger
            finally:
                import wandb

                wandb.finish()

    def _init(self, run: TrackedRun) -> dict[str, Any]:
        user = os.environ
        return {
            "project": self.project or user.get("WANDB_PROJECT") or PROJECT,
            "entity": self.entity,
            "group": self.group or user.get("WANDB_RUN_GROUP") or run.group,
            "name": run.name if run.compares else self.name or user.get("WANDB_NAME") or run.name,
            "dir": user.get("WANDB_DIR") or str(run.directory),
        }

    def log(self, logger: Any, results: Results) -> None:
        """Log estimates, tables and charts, and all files as an artifact."""
        from advspace_plugins.tracking.wandb.content import log_results

        log_results(logger.experiment, results)

    def place(self, logger: Any, run: TrackedRun) -> str:
        """The folder of an offline run, and the command that sends it; a multirun has one line for all runs."""
        experiment = logger.experiment
        if experiment.settings.mode != "offline" or (run.group and not run.compares):
            return ""
        folder = Path(experiment.dir).parent
        if not run.compares:
            return f"wandb keeps this run on this machine; send it with: wandb sync {shlex.quote(str(folder))}"
        above = folder.parent.parent
        command = f"find {shlex.quote(str(above))} -name 'offline-run-*' -exec wandb sync {{}} +"
        return f"wandb keeps these runs below {above}; send them with: {command}"
