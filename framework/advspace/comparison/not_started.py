"""The runs that a multirun was to make and has not started."""

from typing import Any

from omegaconf import OmegaConf

from advspace.comparison.failed_run import FailedRun
from advspace.run_directory import MultirunDirectory, RunDirectory

SUBDIR = "${hydra.job.num}"
"""The names of runs that are known before they start."""


def not_started(multirun: MultirunDirectory) -> list[FailedRun]:
    """The runs that a stopped multirun has not started, of Hydra's own sweeper: others choose as they go on."""
    if not multirun.command.exists():
        return []
    config: Any = OmegaConf.load(multirun.command)
    overrides = OmegaConf.select(config, "hydra.overrides.task") or []
    named = OmegaConf.to_container(config.hydra.sweep, resolve=False) if "sweep" in config.get("hydra", {}) else {}
    if not isinstance(named, dict) or named.get("subdir") != SUBDIR or not _is_basic(config):
        return []
    jobs = _jobs([str(override) for override in overrides])
    paths = [multirun.path / str(number) for number in range(len(jobs))]
    return [
        FailedRun(path, job, "it has not started")
        for path, job in zip(paths, jobs, strict=True)
        if not RunDirectory(path).config.exists()
    ]


def _is_basic(config: Any) -> bool:
    sweeper = config.hydra.get("sweeper") or {}
    return str(sweeper.get("_target_", "")).endswith(".BasicSweeper") and not sweeper.get("params")


def _jobs(overrides: list[str]) -> list[list[str]]:
    """The overrides of each run, in the order of their numbers."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser

    parsed = OverridesParser.create().parse_overrides(overrides)
    return [list(job) for batch in BasicSweeper.split_arguments(parsed, None) for job in batch]
