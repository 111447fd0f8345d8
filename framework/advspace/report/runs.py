"""The table of a multirun's runs: settings that differ, estimates, and a link to the report of each run."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from advspace.analysis.contract import SHORT, Estimate
from advspace.analysis.finished_run import FinishedRun
from advspace.analysis.wanted import wanted_names
from advspace.comparison.comparison import Comparison
from advspace.comparison.differences import called
from advspace.comparison.grouping import told_apart
from advspace.report.table import Cell, Column, Row, Table, cell
from advspace.run_directory import RunDirectory

Estimates = Mapping[str, Estimate]


MOST = 4
"""Estimates that are shown without a question for more."""


def run_table(comparison: Comparison) -> Table:
    """One row per finished run: what differs and the main estimates, then all others."""
    estimates = {name: _estimates(summary) for name, summary in comparison.summaries.items()}
    known = {name: estimate for each in estimates.values() for name, estimate in each.items()}
    main = _main(comparison, known)
    ordered = {name: known[name] for name in dict.fromkeys([*main, *known])}
    columns = [
        Column("run", False),
        *(Column(name, False) for name in comparison.varies),
        Column("attacks", True),
        *(Column(each.label or name, True, each.unit, name not in main) for name, each in ordered.items()),
    ]
    notes = told_apart(comparison.finished)
    rows = [
        Row(_cells(comparison, run, note if note != run.name else "", estimates[run.name], list(ordered)))
        for run, note in zip(comparison.finished, notes, strict=True)
    ]
    return Table(columns, rows)


def _main(comparison: Comparison, known: Estimates) -> list[str]:
    """The estimates that the runs were made for (`objective`), then those of a short summary."""
    wanted = [name for run in comparison.finished for name in run.settings.get("objective", [])]
    findings = [finding for each in comparison.summaries.values() for finding in each["findings"].values()]
    short = [name for each in findings for name in each.get("glance", list(each["headline"])[:SHORT])]
    return list(dict.fromkeys([*wanted_names(known, wanted), *short]))[:MOST]


def _cells(comparison: Comparison, run: FinishedRun, note: str, estimates: Estimates, known: list[str]) -> list[Cell]:
    report = RunDirectory(run.directory).report
    link = f"{quote(run.name)}/{report.name}" if report.exists() else ""
    return [
        Cell(run.name, run.name, link, note),
        *(_varying(called(run.settings, key)) for key in comparison.varies),
        cell(len(run.images)),
        *(cell(estimates.get(name)) for name in known),
    ]


def _estimates(summary: dict[str, Any]) -> dict[str, Estimate]:
    return {
        name: Estimate.from_dict(stored)
        for finding in summary["findings"].values()
        for name, stored in finding["headline"].items()
    }


def _varying(value: Any) -> Cell:
    return Cell("", None) if value is None else Cell(str(value), str(value))
