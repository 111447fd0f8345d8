"""A run, a training or a comparison with its trackers; only the first process has any."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from advspace.comparison.membership import current_sweep, group_of
from advspace.lightning import first_process
from advspace.pasted import override, resume_command
from advspace.registry.components import trackers_of
from advspace.registry.config import config_of
from advspace.registry.registry import load
from advspace.settings import plain
from advspace.tracking.contract import TrackedRun
from advspace.tracking.session import Tracking, never, open_trackers


@contextmanager
def tracked(config: DictConfig, directory: Path, *, repeatable: bool = False) -> Iterator[Tracking]:
    """Open the trackers of a run or a training within the block.

    Args:
        config: The composed config.
        directory: The run directory.
        repeatable: Whether to resume the finished run logs it again, as it does for a run of `probe.py`.

    Raises:
        AdvspaceError: a tracker is not installed, lacks a package, or has a wrong setting.
    """
    if not first_process():
        yield Tracking()
        return
    sweep = current_sweep()
    group, name = (sweep.group, sweep.run) if sweep else (None, None)
    run = TrackedRun(directory, plain(config), group, name)
    again = partial(_again, config, directory) if repeatable else never
    with open_trackers(trackers_of(config), run, again) as tracking:
        yield tracking


@contextmanager
def tracked_comparison(config: DictConfig, directory: Path) -> Iterator[Tracking]:
    """Open the trackers of the comparison of a multirun within the block.

    Args:
        config: The settings of the multirun.
        directory: Its directory.

    Raises:
        AdvspaceError: a tracker is not installed, lacks a package, or has a wrong setting.
    """
    run = TrackedRun(directory, plain(config), group_of(directory), "comparison", compares=True)
    with open_trackers(trackers_of(config), run) as tracking:
        yield tracking


def _again(config: DictConfig, directory: Path, name: str) -> str:
    """The command that logs a finished run to one tracker, with the settings of the tracker that are no defaults."""
    defaults = OmegaConf.structured(config_of(name, load("tracking", name)))
    given = {key: value for key, value in config.tracking[name].items() if value != defaults[key]}
    words = [override(f"tracking.{name}.{key}", str(value)) for key, value in given.items()]
    return " ".join([resume_command(directory), f"tracking={name}", *words])
