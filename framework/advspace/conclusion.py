"""What a run or a multirun leaves at its end, made from its tables: curves, figures, summary, comparison."""

from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from advspace.comparison import Comparison, read_comparison, write_comparison
from advspace.curves import curves
from advspace.errors import AdvspaceError, warn
from advspace.parts import prepared_for
from advspace.plan import PLAN, stored_plan
from advspace.records import done_cases, read_tables
from advspace.registry import build
from advspace.selection import Selection
from advspace.settings import plain
from advspace.summary import summarise, write_summary

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
    found = curves(probes)
    summary = summarise(images, found, selection, settings)
    draw_figures(directory, images, found, settings["noise"]["plugin"], classes)
    write_summary(directory, summary)
    write_report(directory)
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
    config = _stored_config(directory)
    conclude(directory, plain(config), _finished(directory), _classes(config, directory))


def _finished(directory: Path) -> Selection:
    """The images of a run that has all of them done."""
    resume = f"finish it first: python probe.py resume={directory}"
    if not (directory / PLAN).exists():
        raise AdvspaceError(f"report: the run in {directory} stopped before it chose its images; {resume}")
    selection = stored_plan(directory).selection
    done = len(done_cases(directory))
    if done < len(selection.ids):
        raise AdvspaceError(f"report: the run in {directory} has {done} of {len(selection.ids)} attacks done; {resume}")
    return selection


def _stored_config(directory: Path) -> DictConfig:
    config = OmegaConf.load(directory / ".hydra" / "config.yaml")
    if not isinstance(config, DictConfig) or "noise" not in config:
        raise AdvspaceError(f"report: {directory} is no run of probe.py (.hydra/config.yaml has no noise)")
    return config


def _classes(config: DictConfig, directory: Path) -> list[str]:
    """Names of the classes; their numbers where the dataset is not at hand any more."""
    try:
        return list(prepared_for(build("model", config.model), build("dataset", config.dataset)).classes)
    except AdvspaceError as error:
        warn(f"the classes in {directory} go by their numbers, for the dataset is not at hand: {error}")
        images, _ = read_tables(directory)
        return [str(number) for number in range(1 + int(images[["label", "target"]].to_numpy().max()))]
