"""The table of a multirun's runs: what varies, headline figures, and a link to each run's own report."""

from typing import Any
from urllib.parse import quote

from advspace.analysis.appearance import BOXES
from advspace.comparison.comparison import Comparison
from advspace.report.table import Cell, Column, Row, Table, half_cell, number_cell
from advspace.statistics.half_scale import HalfScale

REPORT = "report.html"


def run_table(comparison: Comparison) -> Table:
    """A row per finished run."""
    places = _places(comparison)
    columns = [
        Column("run", False),
        *(Column(name, False) for name in comparison.varies),
        Column("attacks", True),
        Column("succeeded", True, "95 % interval in brackets"),
        Column("mean L2", True, "of the distortions, pixels in [0, 1]; 95 % interval over images"),
        *(Column(f"half scale, {center}, {BOXES.get(box, box)}", True) for center, box in places),
    ]
    rows = [Row(_cells(comparison, row, places)) for row in comparison.runs.to_dict("records")]
    return Table(columns, rows)


def _cells(comparison: Comparison, row: dict[Any, Any], places: list[tuple[str, str]]) -> list[Cell]:
    run = str(row["run"])
    halves = {(curve["center"], curve["box"]): curve["half_scale"] for curve in comparison.summaries[run]["curves"]}
    link = f"{quote(run)}/{REPORT}" if (comparison.directory / run / REPORT).exists() else ""
    return [
        Cell(run, run, link),
        *(_varying(row[name]) for name in comparison.varies),
        number_cell(row["attacks"]),
        _share(row),
        _mean(row),
        *(_half(halves.get(panel)) for panel in places),
    ]


def _places(comparison: Comparison) -> list[tuple[str, str]]:
    curves = [curve for summary in comparison.summaries.values() for curve in summary["curves"]]
    return list(dict.fromkeys((curve["center"], curve["box"]) for curve in curves))


def _varying(value: Any) -> Cell:
    absent = value is None or value != value
    return Cell("", None) if absent else Cell(str(value), str(value))


def _share(row: dict[Any, Any]) -> Cell:
    low, high = 100 * row["success_low"], 100 * row["success_high"]
    return Cell(f"{100 * row['success']:.0f} % [{low:.0f}, {high:.0f}]", float(row["success"]))


def _mean(row: dict[Any, Any]) -> Cell:
    cell = number_cell(row["l2_mean"])
    if cell.key is None:
        return cell
    return Cell(f"{cell.text} [{row['l2_mean_low']:.3g}, {row['l2_mean_high']:.3g}]", cell.key)


def _half(half: dict[str, Any] | None) -> Cell:
    if half is None:
        return Cell("", None)
    key = half_cell(HalfScale(half["scale"], half["censored"])).key
    return Cell(f"{half['text']} [{half['low']['text']}, {half['high']['text']}]", key)
