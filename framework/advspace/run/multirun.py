"""A multirun: a run that fails leaves its reason and does not stop the others; at the end they are compared."""

import math
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from advspace.analysis.findings import AnalysisError
from advspace.comparison.failed_run import FailedRun, read_failure, write_failure
from advspace.comparison.membership import group_of, write_command
from advspace.errors import AdvspaceError
from advspace.run.command_line import say, sentence
from advspace.run_directory import MultirunDirectory, RunDirectory
from advspace.settings import plain

TOLD = 3
"""As many reasons are told in the last sentence."""


def survive_failure(run: Callable[[], float | None]) -> float | None:
    """What `run` gives; where it fails in a multirun, nothing, with its reason left in the run directory.

    Nothing, and not NaN, is what Optuna's sweeper takes for a failed trial: NaN ends its search with an error.  Outside
    of a multirun a failure is a failure.
    """
    hydra = HydraConfig.get()
    directory = Path(hydra.runtime.output_dir)
    failure = RunDirectory(directory).failure
    failure.unlink(missing_ok=True)
    if hydra.mode != RunMode.MULTIRUN:
        return run()
    try:
        result = run()
    except Exception as error:
        reason = sentence(error)
        if reason is None:
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error} (a mistake in the program; its trace is in {failure.name})"
        say(f"run {hydra.job.num} failed: {reason}")
        _write(directory, reason, finished=isinstance(error, AnalysisError))
        return None
    return None if result is None or math.isnan(result) else result


def _write(directory: Path, reason: str, *, finished: bool) -> None:
    try:
        write_failure(directory, reason, traceback.format_exc(), finished=finished)
    except AdvspaceError as error:  # the disk that stopped this run must not stop the others
        say(f"the reason cannot be kept: {error}")


class CompareRuns(Callback):
    """Compares the runs of a multirun when all have ended, and says which have failed."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Keep the command, whichever sweeper runs."""
        del kwargs
        write_command(config)

    def on_multirun_end(self, config: DictConfig, config_name: str | None = None, **kwargs: Any) -> None:
        """Write the comparison; leave the program with an error where a run or an analysis has failed.

        Hydra turns every exception of a callback into a warning, so both mistakes and failures leave as `SystemExit`.
        """
        del kwargs
        directory = Path(config.hydra.sweep.dir).resolve()  # wandb may write from another process, with its own folder
        runs = MultirunDirectory(directory).runs()
        try:
            failed = _compared(config, directory) if config_name == "probe" else _failed(runs)
        except AdvspaceError as error:
            sys.exit(f"error: {error}")
        if failed:
            sys.exit(f"error: {failures(failed, len(runs))}")


def _failed(runs: list[RunDirectory]) -> list[FailedRun]:
    return [failed for run in runs if (failed := read_failure(run)) is not None]


def _compared(config: DictConfig, directory: Path) -> list[FailedRun]:
    """Compare the runs, and log that as a run of its own; returns those that failed."""
    from advspace.figures.style import FigureStyle
    from advspace.registry.components import analyses_of
    from advspace.run.conclude import compare_runs
    from advspace.tracking import open_logger

    compared = compare_runs(directory, analyses_of(config), FigureStyle(**plain(config.figures)))
    own = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    own.tracking.update(group=own.tracking.get("group") or group_of(directory), name="comparison")
    with open_logger(own, directory) as tracking:
        tracking.log_comparison(compared)
    say(f"comparison of {len(compared.comparison.finished)} runs in {compared.comparison.directory.comparison}")
    compared.findings.raise_failures(str(directory))
    return compared.comparison.failed


def failures(failed: list[FailedRun], runs: int) -> str:
    """One sentence on the runs that failed.

    Args:
        failed: At least one.
        runs: How many there were in all.
    """
    text = "; ".join(f"{run.directory.name}: {run.reason}" for run in failed[:TOLD])
    more = (
        f"; and {len(failed) - TOLD} more, each with its {RunDirectory(failed[0].directory).failure.name}"
        if len(failed) > TOLD
        else ""
    )
    return f"{len(failed)} of {runs} runs failed: {text}{more}"
