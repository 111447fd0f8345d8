"""The page of a multirun."""

from importlib.metadata import version
from typing import Any

from advspace.analysis.findings import Findings
from advspace.comparison.comparison import Comparison
from advspace.comparison.failed_run import FailedRun
from advspace.pasted import command_line
from advspace.report.citation import bibtex
from advspace.report.origin import File, settings
from advspace.report.runs import run_table
from advspace.report.sections import chart_data, sections
from advspace.report.single import counted
from advspace.run_directory import MultirunDirectory


def comparison_page(comparison: Comparison, findings: Findings) -> dict[str, Any]:
    """Variables of the template `comparison.html`.

    Args:
        comparison: The runs.
        findings: Results of the comparisons.
    """
    folder = comparison.directory.comparison.name
    return {
        "title": "Comparison of " + counted(len(comparison.finished) + len(_unfinished(comparison)), "run"),
        "sentence": sentence(comparison),
        "command": multirun_command(comparison.directory),
        "table": run_table(comparison),
        "runs_file": f"{folder}/runs.csv",
        "sections": sections(findings, f"{folder}/{comparison.directory.analysis.name}"),
        "failed_analyses": findings.reasons,
        "charts": chart_data(findings),
        "failed": [(_name(comparison, run), " ".join(run.overrides), run.reason) for run in comparison.failed],
        "settings": _shared([settings(run.settings) for run in comparison.finished]),
        "versions": _shared([summary["versions"] for summary in comparison.summaries.values()]),
        "files": [File(folder, "the tables of all runs joined, and the charts (parquet, CSV, PNG, SVG, PDF)")],
        "place": comparison.directory.label,
        "bibtex": bibtex(version("advspace")),
    }


def sentence(comparison: Comparison) -> str:
    """Numbers of finished and failed runs, and the settings that differ."""
    failed = f", {len(comparison.failed)} failed or not finished" if comparison.failed else ""
    varies = f" They differ in {', '.join(comparison.varies)}." if comparison.varies else ""
    return f"{counted(len(comparison.finished), 'run')} finished{failed}.{varies}"


def multirun_command(directory: MultirunDirectory) -> str:
    """The command that started a multirun; empty if it was not stored."""
    if not directory.command.exists():
        return ""
    return command_line("-m", *directory.read_overrides())


def _unfinished(comparison: Comparison) -> list[FailedRun]:
    finished = {run.directory for run in comparison.finished}
    return [run for run in comparison.failed if run.directory not in finished]


def _shared(trees: list[dict[str, str]]) -> dict[str, str]:
    """The entries that all trees have in common."""
    first = trees[0] if trees else {}
    return {key: value for key, value in first.items() if all(tree.get(key) == value for tree in trees)}


def _name(comparison: Comparison, run: FailedRun) -> str:
    return run.directory.relative_to(comparison.directory.path).as_posix()
