"""The page of a multirun."""

from itertools import chain
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from advspace.analysis.finished_run import command_line
from advspace.comparison.comparison import Comparison
from advspace.comparison.failed_run import FOLDER, FailedRun
from advspace.report.headline import counted
from advspace.report.noises import noise_charts
from advspace.report.origin import File, place, settings
from advspace.report.overlaid import choices
from advspace.report.runs import run_table


def comparison_page(comparison: Comparison) -> dict[str, Any]:
    """What the template `comparison.html` shows."""
    overlaid, noises = choices(comparison), noise_charts(comparison)
    charts = [*chain.from_iterable(choice.charts for choice in overlaid), *noises]
    return {
        "title": "Comparison of " + counted(len(comparison.runs) + len(comparison.failed), "run"),
        "sentence": sentence(comparison),
        "command": multirun_command(comparison.directory),
        "table": run_table(comparison),
        "choices": overlaid,
        "noises": noises,
        "charts": {chart.name: chart.figure for chart in charts},
        "failed": [(_name(comparison, run), " ".join(run.overrides), run.reason) for run in comparison.failed],
        "settings": shared_settings(comparison),
        "versions": shared_versions(comparison),
        "files": [File(FOLDER, "the tables of all runs joined, and a figure per question (parquet, CSV, PNG, SVG)")],
        "place": place(comparison.directory),
    }


def sentence(comparison: Comparison) -> str:
    """How many runs there are, and what tells them apart."""
    failed = f", {len(comparison.failed)} failed or not finished" if comparison.failed else ""
    varies = f" They differ in {', '.join(comparison.varies)}." if comparison.varies else ""
    return f"{counted(len(comparison.runs), 'run')} finished{failed}.{varies}"


def multirun_command(directory: Path) -> str:
    """What was typed to start a multirun; empty where that was not kept."""
    path = directory / "multirun.yaml"
    if not path.exists():
        return ""
    overrides: Any = OmegaConf.select(OmegaConf.load(path), "hydra.overrides.task")
    return command_line("-m", *(overrides or []))


def shared_settings(comparison: Comparison) -> dict[str, str]:
    """The settings that all finished runs have in common."""
    return _shared([settings(summary["settings"]) for summary in comparison.summaries.values()])


def shared_versions(comparison: Comparison) -> dict[str, str]:
    """The versions of packages that all finished runs have in common."""
    return _shared([summary["versions"] for summary in comparison.summaries.values()])


def _shared(trees: list[dict[str, str]]) -> dict[str, str]:
    first = trees[0] if trees else {}
    return {key: value for key, value in first.items() if all(tree.get(key) == value for tree in trees)}


def _name(comparison: Comparison, run: FailedRun) -> str:
    return run.directory.relative_to(comparison.directory).as_posix()
