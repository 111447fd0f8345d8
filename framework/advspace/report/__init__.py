"""The report of a run: one page that shows everything and asks the network for nothing."""

from pathlib import Path

from advspace.atomic import write_text
from advspace.report.found import read_run
from advspace.report.page import render
from advspace.report.single import run_page

REPORT = "report.html"


def write_report(directory: Path) -> Path:
    """Write `report.html` from what a run directory holds, finished or stopped; returns the file.

    Args:
        directory: The run directory; nothing else is read.

    Raises:
        AdvspaceError: no image is finished in `directory`, a file of it is damaged, or it cannot be written.
    """
    path = directory / REPORT
    write_text(path, render("run.html", run_page(read_run(directory))))
    return path
