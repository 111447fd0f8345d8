"""One figure per question that a multirun can answer."""

from itertools import cycle
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from advspace.analysis.appearance import CYCLE
from advspace.analysis.curves import Curve
from advspace.comparison.comparison import Comparison
from advspace.comparison.failed_run import FOLDER
from advspace.comparison.panels import TITLES, Panels, box_panels, panels_of
from advspace.figures.identity import identity
from advspace.figures.style import STYLE, log2_axis, new_figure, save
from advspace.figures.subjects import subjects

FILES = {"noise": "noises", "model": "models", "attack": "attacks", "box": "clip"}


def draw_comparison(comparison: Comparison) -> list[Path]:
    """Draw a figure per question that the runs can answer, as PNG and SVG under `comparison/`; returns the files.

    Args:
        comparison: The runs.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    drawn: dict[str, Figure] = {}
    if not comparison.runs.empty and not comparison.probes.empty:
        by_question = {axis: panels_of(comparison, axis) for axis in ("noise", "model", "attack")}
        by_question["box"] = box_panels(comparison)
        drawn = {FILES[axis]: overlaid(panels, TITLES[axis]) for axis, panels in by_question.items() if panels}
        drawn |= identity(comparison) | subjects(comparison)
    return [path for name, figure in drawn.items() for path in save(figure, comparison.directory / FOLDER / name)]


def overlaid(panels: Panels, title: str) -> Figure:
    """Share of the probes that keep their class against the noise, several curves in each panel."""
    rows, columns = (list(dict.fromkeys(panel[axis] for panel in panels)) for axis in (0, 1))
    lines = list(dict.fromkeys(line for drawn in panels.values() for line in drawn))
    with mpl.rc_context(STYLE):
        figure = new_figure(1.2 + 2.9 * len(columns), 1.2 + 2.4 * len(rows))
        grid = figure.subplots(len(rows), len(columns), sharex=True, sharey=True, squeeze=False)
        for (row, column), drawn in panels.items():
            axes = grid[rows.index(row)][columns.index(column)]
            _draw(axes, drawn, lines)
            axes.set_title(f"{row}\n{column}" if len(rows) > 1 else column, fontsize=8, parse_math=False)
        for axes in grid[-1]:
            axes.set_xlabel("noise sd / distortion sd")
        for axes in grid[:, 0]:
            axes.set_ylabel("share that keeps its class")
        known: dict[str, Any] = {}
        for axes in grid.flat:
            known |= {str(drawn.get_label()): drawn for drawn in axes.get_lines()}
        figure.legend([known[line] for line in lines], lines, loc="outside lower center", ncols=min(4, len(lines)))
        head = title if len(rows) > 1 else f"{rows[0]}: {title}"
        figure.suptitle(fill(f"{head} (bands: 95 % over images)", 36 * len(columns)), fontsize=9, parse_math=False)
    return figure


def _draw(axes: Axes, drawn: dict[str, Curve], lines: list[str]) -> None:
    looks = dict(zip(lines, cycle(CYCLE), strict=False))
    for line, curve in drawn.items():
        colour, dash, marker = looks[line]
        band = curve.bands[curve.kept]
        axes.fill_between(curve.scales, band.low, band.high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(curve.scales, band.mean, dash, color=colour, marker=marker, markersize=3.5, label=line)
    log2_axis(axes)
    axes.set_ylim(-0.03, 1.03)
