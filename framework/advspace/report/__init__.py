"""The report of a run or of several: one page that shows everything and asks the network for nothing."""

from pathlib import Path

from advspace.analysis.curves import Curve
from advspace.analysis.finished_run import read_run
from advspace.comparison.comparison import Comparison
from advspace.files import write_text
from advspace.report.page import render
from advspace.report.runs import REPORT
from advspace.report.several import comparison_page
from advspace.report.single import run_page


def write_report(directory: Path, known: list[Curve] | None = None) -> Path:
    """Write `report.html` from what a run directory holds, finished or stopped; returns the file.

    Args:
        directory: The run directory; nothing else is read.
        known: What its probes showed, where that was computed a moment ago.

    Raises:
        AdvspaceError: no image is finished in `directory`, a file of it is damaged, or it cannot be written.
    """
    path = directory / REPORT
    write_text(path, render("run.html", run_page(read_run(directory, known))))
    return path


def write_comparison_report(comparison: Comparison) -> Path:
    """Write the `report.html` of a multirun, with links to those of its runs; returns the file.

    Args:
        comparison: The runs.

    Raises:
        AdvspaceError: it cannot be written.
    """
    path = comparison.directory / REPORT
    write_text(path, render("comparison.html", comparison_page(comparison)))
    return path
