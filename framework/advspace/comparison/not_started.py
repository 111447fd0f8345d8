"""The runs that a multirun was to make and has not started."""

from collections.abc import Mapping
from typing import Any

from advspace.comparison.failed_run import FailedRun
from advspace.files.untrusted import read_yaml
from advspace.run_directory import MultirunDirectory, RunDirectory

SUBDIR = "${hydra.job.num}"
"""The names of runs that are known before they start."""


def not_started(multirun: MultirunDirectory) -> list[FailedRun]:
    """The runs that a stopped multirun has not started, of Hydra's own sweeper: others choose as they go on."""
    if not multirun.command.exists():
        return []
    hydra: Any = read_yaml(multirun.command).get("hydra", {})
    if hydra.get("sweep", {}).get("subdir") != SUBDIR or not _is_basic(hydra.get("sweeper") or {}):
        return []
    jobs = _jobs(multirun.read_overrides())
    paths = [multirun.path / str(number) for number in range(len(jobs))]
    return [
        FailedRun(path, job, "it has not started")
        for path, job in zip(paths, jobs, strict=True)
        if not RunDirectory(path).config.exists()
    ]


def _is_basic(sweeper: Mapping[str, Any]) -> bool:
    return str(sweeper.get("_target_", "")).endswith(".BasicSweeper") and not sweeper.get("params")


def _jobs(overrides: list[str]) -> list[list[str]]:
    """The overrides of each run, in the order of their numbers."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser

    parsed = OverridesParser.create().parse_overrides(overrides)
    return [list(job) for batch in BasicSweeper.split_arguments(parsed, None) for job in batch]
