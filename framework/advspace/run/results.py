"""The results of a run or of a multirun, as trackers take them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from advspace.analysis.findings import Findings
from advspace.analysis.summary import Conclusion, headline
from advspace.comparison.comparison import Compared, readable
from advspace.run_directory import RunDirectory
from advspace.shapes import Frame
from advspace.tracking.contract import Results


def run_results(conclusion: Conclusion) -> Results:
    """The estimates, tables, charts and files of a run.

    Args:
        conclusion: The run and its findings, written to its directory.
    """
    directory, run = RunDirectory(conclusion.run.directory), conclusion.run
    parts = (directory.summary, directory.images, directory.probes, directory.own_tables, directory.analysis)
    tables = {"images": run.images, "probes": run.probes} | _tables(conclusion.findings)
    return Results(
        kind="run",
        directory=directory.path,
        estimates=headline(conclusion.summary),
        tables={name: table for name, table in tables.items() if len(table)},
        charts=_charts(conclusion.findings, directory.figures, tables),
        files=_files((*parts, directory.figures, directory.report)),
        report=_existing(directory.report),
        settings=conclusion.summary["settings"],
    )


def comparison_results(compared: Compared) -> Results:
    """The table of runs, and the tables, charts and files of their comparison.

    Args:
        compared: The comparison of a multirun, written to its directory.
    """
    comparison = compared.comparison
    directory = comparison.directory
    tables = {"comparison": readable(comparison.runs)} | _tables(compared.findings)
    return Results(
        kind="multirun",
        directory=directory.path,
        estimates={"runs": len(comparison.finished), "failed": len(comparison.failed)},
        tables=tables,
        charts=_charts(compared.findings, directory.comparison, tables),
        files=_files((directory.comparison, directory.command, directory.report)),
        report=_existing(directory.report),
    )


def _tables(findings: Findings) -> dict[str, Frame]:
    return {name: finding.table for name, finding in findings.made.items() if len(finding.table)}


def _charts(findings: Findings, folder: Path, taken: Iterable[str]) -> dict[str, Path]:
    """The picture of each chart under its name, or as `<name>_chart` if a table has this name."""
    names = {chart.name: f"{chart.name}_chart" if chart.name in taken else chart.name for chart in findings.charts}
    pictures = {key: folder / f"{name}.png" for name, key in names.items()}
    return {key: path for key, path in pictures.items() if path.exists()}


def _files(paths: Sequence[Path]) -> list[Path]:
    """The existing files among the paths and in the folders."""
    every = (file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path]))
    return [file for file in every if file.is_file()]


def _existing(path: Path) -> Path | None:
    return path if path.exists() else None
