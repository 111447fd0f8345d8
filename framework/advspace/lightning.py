"""Lightning without its advertisements, and the common end of several processes."""

import inspect
import logging
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from advspace.checks import offer
from advspace.errors import AdvspaceError, one_line

if TYPE_CHECKING:
    import pytorch_lightning as pl

UNASKED = (
    ".*does not have many workers.*",  # the images are in memory
    ".*Checkpoint directory .* exists.*",
    ".*isinstance\\(treespec, LeafSpec\\).*",  # Lightning's own use of torch
    ".*GPU available but not used.*",
    ".*Using `DistributedSampler` with the dataloaders.*",  # see the docstring of train
)


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Hide Lightning's own messages; its real warnings stay."""
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


OURS = {
    *("logger", "callbacks", "max_epochs", "log_every_n_steps", "inference_mode"),
    *("enable_progress_bar", "enable_model_summary", "enable_checkpointing"),
}
"""Trainer arguments that are no settings."""
MOST_DEVICES = 4096
"""More are a slip of the hand, for which Lightning would fill the memory."""
ALONE = {"devices": 1, "num_nodes": 1, "strategy": "auto"}
"""Trainer arguments for one device."""


def new_trainer(settings: Mapping[str, Any], **ours: Any) -> "pl.Trainer":
    """A Trainer of Lightning.

    Args:
        settings: The settings `trainer.*`.
        ours: Arguments that are no settings.

    Raises:
        AdvspaceError: Lightning does not know a setting, or refuses its value.
    """
    import pytorch_lightning as pl

    names = set(inspect.signature(pl.Trainer).parameters) - OURS
    for name in settings:
        if name not in names:
            raise AdvspaceError(f"trainer: Lightning has no setting '{name}' here; {offer(name, names)}")
    for name in ("devices", "num_nodes"):
        if isinstance(settings.get(name), int) and settings[name] > MOST_DEVICES:
            raise AdvspaceError(f"trainer.{name} must be <= {MOST_DEVICES}, got {settings[name]}")
    strategy = ddp_without_timeout(settings.get("strategy", "auto"))
    try:
        return pl.Trainer(**{**settings, "strategy": strategy}, **ours)
    except Exception as error:  # Lightning has many kinds of them for a value that it refuses
        raise AdvspaceError(
            f"trainer: Lightning refuses its settings ({one_line(error)}); set trainer.* anew"
        ) from error


def check_trainer(settings: Mapping[str, Any]) -> None:
    """Check the settings `trainer.*` before any work.

    Raises:
        AdvspaceError: Lightning does not know a setting, or refuses its value.
    """
    with quiet_lightning():
        new_trainer(settings, logger=False, enable_progress_bar=False, enable_model_summary=False)


def ddp_without_timeout(strategy: Any) -> Any:
    """A strategy whose processes wait for each other for days: their shares may differ by hours."""
    if strategy != "ddp":
        return strategy
    import pytorch_lightning as pl

    return pl.strategies.DDPStrategy(timeout=timedelta(days=30))


def in_multirun() -> bool:
    """Whether this process runs one of the jobs of a multirun."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    return HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN


def refuse_sweeps(trainer: Any) -> None:
    """Raise an error for several processes in a multirun: Lightning would start them with the sweep's command line.

    Raises:
        AdvspaceError: this is a multirun on more than one device.
    """
    if trainer.world_size > 1 and in_multirun():
        raise AdvspaceError(
            f"a multirun cannot give each run several processes (trainer.devices={trainer.num_devices}); "
            "take trainer.devices=1, or start the runs one by one"
        )


@contextmanager
def fail_together(trainer: Any) -> Iterator[None]:
    """Let all processes leave the block together; if the first process fails, kill the others.

    If another process fails, Lightning kills the first within seconds.

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
        started.clear()  # else Lightning would see failed processes, and kill this one
        raise


def _wait(trainer: Any) -> None:
    try:
        _barrier(trainer)
    except RuntimeError as error:
        raise AdvspaceError("another process of this run has failed; its message says why") from error


def _barrier(trainer: Any) -> None:
    """Wait for all processes; signals are heard meanwhile, as they are not in torch's own barrier."""
    import torch.distributed

    if not torch.distributed.is_initialized():
        trainer.strategy.barrier("done")
        return
    waiting = torch.distributed.barrier(async_op=True)
    while not waiting.is_completed():
        time.sleep(0.1)
    waiting.wait()


RANKS = ("RANK", "LOCAL_RANK", "NODE_RANK")
"""Environment variables in which Lightning and torchrun store the number of this process."""


def rank() -> str:
    """What tells this process from the others of its run."""
    return "-".join(os.environ.get(name, "0") for name in RANKS)


def first_process() -> bool:
    """Whether this is the first process: it plans, tracks, prints and reports; others only attack and probe."""
    return all(os.environ.get(name, "0") == "0" for name in RANKS)
