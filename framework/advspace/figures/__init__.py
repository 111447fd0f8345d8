"""Charts as matplotlib figures."""

from collections.abc import Sequence
from pathlib import Path

from advspace.analysis.chart import Chart
from advspace.figures.draw import draw as draw
from advspace.figures.draw import only_panel as only_panel
from advspace.figures.draw import plot as plot
from advspace.figures.panel import draw_panel as draw_panel
from advspace.figures.style import PAPER, save
from advspace.figures.style import FigureStyle as FigureStyle

__all__ = ["PAPER", "FigureStyle", "draw", "draw_charts", "draw_panel", "only_panel", "plot", "save"]


def draw_charts(charts: Sequence[Chart], folder: Path, style: FigureStyle = PAPER) -> list[Path]:
    """Draw every chart as PNG, SVG and PDF, and return the files.

    Args:
        charts: The charts; their names are different.
        folder: Folder of the files.
        style: Sizes and titles.

    Raises:
        AdvspaceError: the folder cannot be written.
    """
    return [path for chart in charts for path in save(draw(chart, style), folder / chart.name, style)]
