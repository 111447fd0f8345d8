"""A multirun: a failed run stores its reason and does not stop the others; at the end the runs are compared."""

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

from advspace.analysis.contract import Estimate
from advspace.analysis.findings import AnalysisError
from advspace.comparison.failed_run import FailedRun, read_failure, write_failure
from advspace.comparison.membership import stored_command, write_command
from advspace.errors import AdvspaceError, OccupiedError
from advspace.run.checked_config import checked
from advspace.run.messages import one_sentence, say, sentence
from advspace.run_directory import MultirunDirectory, RunDirectory
from advspace.settings import HARMLESS, plain

SHOWN = 3
"""Most reasons in the last message."""


def survive_failure(run: Callable[[], float | None]) -> float | None:
    """The result of `run`; if it fails in a multirun, None, and the reason is stored in the run directory.

    Optuna's sweeper takes None for a failed trial, while NaN ends its search with an error.  Outside of a multirun the
    error is raised; so is an `OccupiedError` always, because the directory is another run's.
    """
    hydra = HydraConfig.get()
    directory = Path(hydra.runtime.output_dir)
    failure = RunDirectory(directory).failure
    if hydra.mode != RunMode.MULTIRUN:
        with one_sentence():
            result = run()
            failure.unlink(missing_ok=True)
            return result
    try:
        result = run()
        failure.unlink(missing_ok=True)
    except OccupiedError:
        raise
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
    except AdvspaceError as error:  # a full disk must not stop the other runs
        say(f"the reason cannot be kept: {error}")


class CompareRuns(Callback):
    """Compares the runs of a multirun at its end, and reports failed runs."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Store the command, for every sweeper; exit with an error if the directory belongs to another multirun."""
        del kwargs
        stored = stored_command(Path(config.hydra.sweep.dir))
        today = list(config.hydra.overrides.task)
        if stored is not None and _deciding(stored) != _deciding(today):
            sys.exit(
                f"error: the multirun in {config.hydra.sweep.dir} began with other overrides ({' '.join(stored)}); "
                "choose another directory (hydra.sweep.dir=...)"
            )
        write_command(config)

    def on_multirun_end(self, config: DictConfig, config_name: str | None = None, **kwargs: Any) -> None:
        """Write the comparison; exit with an error if a run or an analysis has failed.

        Hydra turns every exception of a callback into a warning, except `SystemExit`.
        """
        del kwargs
        directory = Path(config.hydra.sweep.dir).resolve()  # wandb may write from another process, with its own folder
        runs = MultirunDirectory(directory).runs()
        try:
            failed = _compared(_own(config), directory) if config_name == "probe" else _failed(runs)
        except AdvspaceError as error:
            sys.exit(f"error: {error}")
        if failed:
            sys.exit(f"error: {failures(failed, len(runs))}")


def _deciding(overrides: list[str]) -> set[str]:
    """The overrides that change results."""
    return {override for override in overrides if override.lstrip("+~").split("=")[0].split(".")[0] not in HARMLESS}


def _failed(runs: list[RunDirectory]) -> list[FailedRun]:
    return [failed for run in runs if (failed := read_failure(run)) is not None]


def _own(config: DictConfig) -> DictConfig:
    """The settings of a multirun without Hydra's own, checked."""
    return checked(OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"]))


def _compared(config: DictConfig, directory: Path) -> list[FailedRun]:
    """Compare the runs, log the comparison as a run of its own, and return the failed runs."""
    from advspace.figures.style import FigureStyle
    from advspace.registry.components import analyses_of
    from advspace.run.conclude import compare_runs
    from advspace.run.results import comparison_results
    from advspace.run.terminal import show_comparison
    from advspace.run.tracked import tracked_comparison

    compared = compare_runs(directory, analyses_of(config), FigureStyle(**plain(config.figures)))
    if compared.comparison.finished:
        with tracked_comparison(config, directory) as tracking:
            tracking.log(comparison_results(compared))
    runs = compared.comparison
    show_comparison(
        runs.finished,
        [_estimates(runs.summaries[run.name]) for run in runs.finished],
        compared.findings,
        list(config.objective),
        verbose=bool(config.verbose),
    )
    if runs.finished:
        say(f"\nreport: {runs.directory.report} (tables and figures in {runs.directory.comparison.name}/ beside it)")
    compared.findings.raise_failures(str(directory))
    return compared.comparison.failed


def _estimates(summary: dict[str, Any]) -> dict[str, Estimate]:
    """The estimates of a run, as its summary stores them."""
    return {
        name: Estimate.from_dict(stored)
        for finding in summary["findings"].values()
        for name, stored in finding["headline"].items()
    }


def failures(failed: list[FailedRun], runs: int) -> str:
    """The message about the failed runs, in one sentence.

    Args:
        failed: The failed runs, at least one.
        runs: Number of all runs.
    """
    text = "; ".join(f"{run.directory.name}: {run.reason}" for run in failed[:SHOWN])
    more = (
        f"; and {len(failed) - SHOWN} more, each with its {RunDirectory(failed[0].directory).failure.name}"
        if len(failed) > SHOWN
        else ""
    )
    return f"{len(failed)} of {runs} runs failed: {text}{more}"
