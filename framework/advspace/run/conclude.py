"""What a run or a multirun leaves at its end, made from its tables: curves, figures, summary, comparison."""

from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from advspace.analysis.curves import curves
from advspace.analysis.summary import summarise, write_summary
from advspace.comparison.comparison import Comparison, read_comparison, write_comparison
from advspace.errors import AdvspaceError
from advspace.records.tables import done_cases, read_tables
from advspace.selection.plan import PLAN, Plan, stored_plan
from advspace.selection.selection import Selection
from advspace.settings import plain

Conclusion = tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]


def conclude(directory: Path, settings: dict[str, Any], selection: Selection, classes: list[str]) -> Conclusion:
    """Sum a finished run up, draw its figures and write its report; returns the summary and both tables.

    Args:
        directory: The run directory.
        settings: Its composed config.
        selection: Its images.
        classes: Names of the dataset's classes.

    Raises:
        AdvspaceError: there are no tables, or the directory cannot be written.
    """
    from advspace.figures import draw_figures
    from advspace.report import write_report

    images, probes = read_tables(directory)
    result = curves(probes)
    summary = summarise(images, result, selection, settings)
    draw_figures(directory, images, result, settings["noise"]["plugin"], classes)
    write_summary(directory, summary)
    write_report(directory, result)
    return summary, images, probes


def compare(directory: Path) -> Comparison:
    """Lay the runs of a multirun side by side: joined tables, a figure per question in `comparison/`, and a report.

    Raises:
        AdvspaceError: there is no run, or the directory cannot be written.
    """
    from advspace.figures.comparison import draw_comparison
    from advspace.report import write_comparison_report

    comparison = read_comparison(directory)
    write_comparison(comparison)
    draw_comparison(comparison)
    write_comparison_report(comparison)
    return comparison


def conclude_again(directory: Path) -> None:
    """Make all that a finished run or multirun left at its end once more, from its tables.

    Args:
        directory: Of the run or multirun.

    Raises:
        AdvspaceError: it is neither, or nothing in it is finished.
    """
    if not directory.is_dir():
        raise AdvspaceError(f"report: there is no directory {directory}; give that of a run or of a multirun")
    if not (directory / ".hydra" / "config.yaml").exists():
        comparison = compare(directory)
        if comparison.runs.empty:
            first = comparison.failed[0]
            raise AdvspaceError(
                f"report: none of the {len(comparison.failed)} runs in {directory} is finished "
                f"({first.directory.name}: {first.reason})"
            )
        return
    config, plan = _stored_config(directory), _finished(directory)
    conclude(directory, plain(config), plan.selection, plan.classes or _numbers(directory))


def _finished(directory: Path) -> Plan:
    """The plan of a run that has all of its attacks done."""
    resume = f"finish it first: python probe.py resume={directory}"
    if not (directory / PLAN).exists():
        raise AdvspaceError(f"report: the run in {directory} stopped before it chose its images; {resume}")
    plan = stored_plan(directory)
    done, wanted = len(done_cases(directory)), len(plan.selection.ids)
    if done < wanted:
        raise AdvspaceError(f"report: the run in {directory} has {done} of {wanted} attacks done; {resume}")
    return plan


def _stored_config(directory: Path) -> DictConfig:
    config = OmegaConf.load(directory / ".hydra" / "config.yaml")
    if not isinstance(config, DictConfig) or "noise" not in config:
        raise AdvspaceError(f"report: {directory} is no run of probe.py (.hydra/config.yaml has no noise)")
    return config


def _numbers(directory: Path) -> list[str]:
    """What classes are called in a run whose plan is too old to say."""
    images, _ = read_tables(directory)
    return [str(number) for number in range(1 + int(images[["label", "target"]].to_numpy().max()))]
