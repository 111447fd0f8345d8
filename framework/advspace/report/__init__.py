"""The report of a run or of several: one HTML page with all results, which loads nothing from the network."""

from typing import Any

from advspace.analysis.findings import Findings
from advspace.analysis.finished_run import FinishedRun
from advspace.comparison.comparison import Comparison
from advspace.files.atomic import write_text
from advspace.report.page import render
from advspace.report.several import comparison_page
from advspace.report.single import run_page
from advspace.run_directory import RunDirectory


def write_report(run: FinishedRun, findings: Findings, summary: dict[str, Any]) -> None:
    """Write `report.html` of a run, finished or stopped.

    Args:
        run: The run.
        findings: Results of its analyses.
        summary: The content of `summary.json`.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    write_text(RunDirectory(run.directory).report, render("run.html", run_page(run, findings, summary)))


def write_comparison_report(comparison: Comparison, findings: Findings) -> None:
    """Write the `report.html` of a multirun, with links to the reports of its runs.

    Args:
        comparison: The runs.
        findings: Results of the comparisons.

    Raises:
        AdvspaceError: the file cannot be written.
    """
    write_text(comparison.directory.report, render("comparison.html", comparison_page(comparison, findings)))
