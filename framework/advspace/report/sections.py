"""Findings as sections of a page: heading, sentence, charts and table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advspace.analysis.chart import Chart, Panel
from advspace.analysis.contract import Estimate, Finding
from advspace.analysis.findings import Findings
from advspace.analysis.marks import Picture
from advspace.report.interactive import height_of, interactive
from advspace.report.pictures import LARGE, data_uri_of
from advspace.report.table import Table, plain_table

MOST_ROWS = 300
"""Most rows of a finding's table that a page shows; it says how many there are."""


@dataclass(frozen=True)
class Drawn:
    """One panel on the page.

    Args:
        key: Key of its data in the page; empty if it has none.
        title: Title above the panel.
        note: Lines below the panel.
        source: Data URI of a picture, instead of a chart.
        width: Width of the picture, CSS pixels.
        pixelated: Whether pixels are enlarged without interpolation.
        height: Height of a chart, CSS pixels.
    """

    key: str
    title: str
    note: Sequence[str] = ()
    source: str = ""
    width: int = 0
    pixelated: bool = False
    height: int = 0


@dataclass(frozen=True)
class ShownChart:
    """A chart on the page: its panels with title, legend and note."""

    title: str
    text: str
    note: str
    legend: list[tuple[str, str, str]]
    panels: list[Drawn]
    columns: int
    pictures: bool


@dataclass(frozen=True)
class Section:
    """A finding on the page.

    Args:
        name: Name of the analysis.
        title: Heading.
        sentence: The result in words.
        charts: The charts.
        table: The first rows of the table; None if it has none.
        rows: Number of all rows.
        file: The file with all rows, beside the page.
    """

    name: str
    title: str
    sentence: str
    charts: list[ShownChart]
    table: Table | None
    rows: int
    file: str = ""


@dataclass(frozen=True)
class Fact:
    """An estimate: label, value, and interval with unit."""

    label: str
    value: str
    note: str


def sections(findings: Findings, folder: str = "analysis") -> list[Section]:
    """One section per finding with a sentence, a chart or a table.

    Args:
        findings: The findings.
        folder: Folder of their tables, beside the page.
    """
    shown = {name: made for name, made in findings.made.items() if made.sentence or made.charts or len(made.table)}
    return [
        _section(name, findings.titles[name], finding, f"{folder}/{name}.parquet") for name, finding in shown.items()
    ]


def chart_data(findings: Findings) -> dict[str, Any]:
    """Plotly's data and layout of every panel, by key."""
    return {
        _key(chart, index): interactive(panel)
        for chart in findings.charts
        for index, panel in enumerate(chart.drawn)
        if not _picture(panel) and not panel.empty
    }


def facts(headline: Mapping[str, Estimate]) -> list[Fact]:
    """The estimates of a run that are not NaN."""
    return [_fact(name, estimate) for name, estimate in headline.items() if not math.isnan(estimate.value)]


def _fact(name: str, estimate: Estimate) -> Fact:
    value = str(estimate).removesuffix(estimate.interval).strip()
    return Fact(estimate.label or name, value, " ".join(part for part in (estimate.interval, estimate.unit) if part))


def _section(name: str, title: str, finding: Finding, file: str) -> Section:
    rows = len(finding.table)
    table = plain_table(finding.table.head(MOST_ROWS)) if rows else None
    return Section(name, title, finding.sentence, [_shown(chart) for chart in finding.charts], table, rows, file)


def _shown(chart: Chart) -> ShownChart:
    legend = [(name, look.colour, look.line) for name, look in chart.legend.items()]
    panels = [_drawn(chart, index, panel) for index, panel in enumerate(chart.drawn)]
    pictures = any(panel.source for panel in panels)
    title = chart.title[:1].upper() + chart.title[1:]
    return ShownChart(title, chart.text, chart.note, legend if len(legend) > 1 else [], panels, chart.columns, pictures)


def _drawn(chart: Chart, index: int, panel: Panel) -> Drawn:
    title = panel.title[:1].upper() + panel.title[1:].replace("\n", ", ")
    note = [line for line in panel.note.split("\n") if line]
    picture = _picture(panel)
    if picture is not None:
        side = max(picture.pixels.shape[:2])
        width = max(1, round(picture.pixels.shape[1] * (LARGE // side if side <= LARGE else LARGE / side)))
        return Drawn("", title, note, data_uri_of(picture.pixels, LARGE), width, side <= LARGE // 2)
    if panel.empty:
        return Drawn("", title, [*note, "There is no finite number to draw."])
    return Drawn(_key(chart, index), title, note, height=height_of(panel))


def _picture(panel: Panel) -> Picture | None:
    return next((mark for mark in panel.marks if isinstance(mark, Picture)), None)


def _key(chart: Chart, index: int) -> str:
    return f"{chart.name}-{index}"
