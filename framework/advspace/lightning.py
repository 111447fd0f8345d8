"""Lightning without its advertisements, and with an orderly end on several processes."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from advspace.errors import AdvspaceError

UNASKED = (
    ".*does not have many workers.*",  # the images are in memory
    ".*Checkpoint directory .* exists.*",
    ".*isinstance\\(treespec, LeafSpec\\).*",  # Lightning's own use of torch
    ".*GPU available but not used.*",
    ".*Using `DistributedSampler` with the dataloaders.*",  # said in the docstring of train
)


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Hide what Lightning says of itself; its real warnings stay."""
    logger = logging.getLogger("pytorch_lightning")
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for text in UNASKED:
                warnings.filterwarnings("ignore", message=text)
            yield
    finally:
        logger.setLevel(before)


ALONE = {"devices": 1, "num_nodes": 1, "strategy": "auto"}
"""Trainer arguments for one device."""


def ddp_without_timeout(strategy: Any) -> Any:
    """A strategy whose processes wait for one another for days: shares of the work may differ by hours."""
    if strategy != "ddp":
        return strategy
    import pytorch_lightning as pl

    return pl.strategies.DDPStrategy(timeout=timedelta(days=30))


def refuse_sweeps(trainer: Any) -> None:
    """Refuse several processes in a multirun: Lightning starts them with the sweep's command line.

    Raises:
        AdvspaceError: this is a multirun on more than one device.
    """
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    if trainer.world_size > 1 and HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN:
        raise AdvspaceError(
            f"a multirun cannot give each run several processes (trainer.devices={trainer.num_devices}); "
            "take trainer.devices=1, or start the runs one by one"
        )


@contextmanager
def fail_together(trainer: Any) -> Iterator[None]:
    """Let all processes leave the block together, or, where the first one fails, none of the others go on.

    Where another one fails, Lightning ends the first within seconds.

    Raises:
        AdvspaceError: another process has failed.
    """
    try:
        yield
        _wait(trainer)
    except BaseException:
        started = getattr(trainer.strategy.launcher, "procs", [])
        for process in started:
            process.kill()
        started.clear()  # Lightning would take them for failed, and kill this process on its way out
        raise


def _wait(trainer: Any) -> None:
    try:
        trainer.strategy.barrier("done")
    except RuntimeError as error:
        raise AdvspaceError("another process of this run has failed; its message says why") from error


RANKS = ("RANK", "LOCAL_RANK", "NODE_RANK")
"""Where Lightning and torchrun say which of the processes this one is."""


def first_process() -> bool:
    """Whether this process plans, tracks, talks and reports; the others only attack and probe their share."""
    return all(os.environ.get(name, "0") == "0" for name in RANKS)
