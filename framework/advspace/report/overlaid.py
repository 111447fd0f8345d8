"""Curves of several runs laid over one another, a question at a time."""

from dataclasses import dataclass
from itertools import cycle

import numpy as np

from advspace.analysis.appearance import CYCLE, around
from advspace.analysis.curves import Curve
from advspace.comparison.comparison import Comparison
from advspace.comparison.panels import TITLES, Panels, panels_of
from advspace.report.chart import Chart
from advspace.report.shares import Look, band_traces, curves_chart

DASHES = {"-": "solid", "--": "dash", "-.": "dashdot", ":": "dot"}
SYMBOLS = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "D": "diamond",
    "v": "triangle-down",
    "P": "cross",
    "X": "x",
}
MOST_RUNS = 14
"""More lines than that in one chart tell nothing."""


@dataclass(frozen=True)
class Choice:
    """What one entry of the page's selector shows.

    Args:
        title: The entry.
        legend: Name, colour and dash of each line.
        charts: A chart per center and box policy.
    """

    title: str
    legend: list[tuple[str, str, str]]
    charts: list[Chart]


def choices(comparison: Comparison) -> list[Choice]:
    """An entry per question and group of runs that answers it; of runs that answer none, all together."""
    result = [
        _choice(f"{axis}-{number}", f"{TITLES[axis].capitalize()}: {group}", _of_group(panels, group))
        for axis in ("noise", "model", "attack")
        for panels in [panels_of(comparison, axis)]
        for number, group in enumerate(dict.fromkeys(group for group, _ in panels))
    ]
    if result or not 1 < len(comparison.runs) <= MOST_RUNS:
        return result
    every: dict[str, dict[str, Curve]] = {}
    for _, row in comparison.runs.iterrows():
        for curve in comparison.curves_of(row["run"]):
            panel = around(curve.center, curve.box)
            every.setdefault(panel, {})[row["name"]] = curve
    return [_choice("every", "Every run", every)] if every else []


def _of_group(panels: Panels, group: str) -> dict[str, dict[str, Curve]]:
    return {panel: lines for (name, panel), lines in panels.items() if name == group}


def _choice(name: str, title: str, panels: dict[str, dict[str, Curve]]) -> Choice:
    lines = list(dict.fromkeys(line for drawn in panels.values() for line in drawn))
    looks = {
        line: Look(colour, DASHES[dash], SYMBOLS[marker])
        for line, (colour, dash, marker) in zip(lines, cycle(CYCLE), strict=False)
    }
    charts = [_panel(f"{name}-{number}", panel, drawn, looks) for number, (panel, drawn) in enumerate(panels.items())]
    return Choice(title, [(line, look.colour, look.dash) for line, look in looks.items()], charts)


def _panel(name: str, panel: str, drawn: dict[str, Curve], looks: dict[str, Look]) -> Chart:
    traces = [trace for line, curve in drawn.items() for trace in band_traces(curve, curve.kept, line, looks[line])]
    told = "; ".join(f"{line} loses half at {curve.half}" for line, curve in drawn.items())
    scales = np.unique(np.concatenate([curve.scales for curve in drawn.values()]))
    return curves_chart(
        name, panel.capitalize(), f"Share of the probes {panel} that keep their class: {told}.", traces, scales
    )
