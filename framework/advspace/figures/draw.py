"""A chart as a matplotlib figure: panels, title, legend and colour bar."""

from dataclasses import replace
from math import ceil, inf
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes

from advspace.analysis.chart import Chart, Panel
from advspace.analysis.marks import Heat, Picture
from advspace.errors import AdvspaceError
from advspace.figures.inline import InlineFigure
from advspace.figures.panel import draw_panel, heat_of
from advspace.figures.style import PAPER, FigureStyle, length_of, wrapped

PANEL = (3.3, 2.5)
"""Width and height of a panel, inches."""
ALONE = (5.6, 3.2)
"""Width and height of the only panel of a chart, inches."""
PICTURE = 1.6
"""Width of a picture, inches."""
TICK = 2.6
"""Width of a tick mark's text with the gap beside it, in heights of the text."""
NAMED = 0.24
"""Height of a row with a name at the vertical axis, inches."""
NOTED = 4.0
"""Smallest width of a panel with a note inside, inches."""
BAR_LENGTH = 0.6
"""Length of a colour bar's label, as a share of the figure's height."""
BESIDE, BAR = 5.5, 7.5
"""Width of an axis with its label, and of a colour bar with its label, in heights of the text."""


def draw(chart: Chart, style: FigureStyle = PAPER) -> InlineFigure:
    """Draw a chart.

    Args:
        chart: The chart.
        style: Sizes and title.
    """
    rows = ceil(len(chart.panels) / chart.columns)
    width, height = _size(chart, rows, style)
    with mpl.rc_context(style.parameters):
        figure = InlineFigure(style, figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, chart.columns, squeeze=False)
        room = _room(chart, width, style)
        most_ticks = max(2, int(72 * room / (TICK * style.font_size)))
        for index, ax in enumerate(axes.flat):
            panel = chart.panels[index] if index < len(chart.panels) else None
            if panel is None:
                ax.set_visible(False)
                continue
            draw_panel(_fitted(panel, room, style), ax, style, most_ticks=most_ticks)
        _share_axes(chart, axes)
        _finish(chart, figure, axes, width, style)
    return figure


def plot(chart: Chart, ax: Axes, panel: int = 0, style: FigureStyle = PAPER) -> Axes:
    """Draw one panel of a chart on given axes, with a legend.

    Args:
        chart: The chart.
        ax: Matplotlib's axes.
        panel: Number of the panel, from 0.
        style: Sizes.

    Returns:
        `ax`.

    Raises:
        AdvspaceError: the chart has no such panel.
    """
    (drawn,) = only_panel(chart, panel).drawn
    draw_panel(drawn, ax, style)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, fontsize=style.small)
    return ax


def only_panel(chart: Chart, panel: int) -> Chart:
    """The chart with one of its panels.

    Raises:
        AdvspaceError: the chart has no such panel.
    """
    if not 0 <= panel < len(chart.drawn):
        raise AdvspaceError(f"panel must be 0 ... {len(chart.drawn) - 1} for chart '{chart.name}', got {panel}")
    return replace(chart, panels=[chart.drawn[panel]], columns=1)


def _size(chart: Chart, rows: int, style: FigureStyle) -> tuple[float, float]:
    """Width and height of the figure, inches."""
    pictures = [mark.pixels for panel in chart.drawn for mark in panel.marks if isinstance(mark, Picture)]
    if pictures:
        tall = pictures[0].shape[0] / pictures[0].shape[1]
        natural = chart.columns * PICTURE + 0.4
        width = style.width or natural
        return width, rows * (tall * (width - 0.4) / chart.columns + 0.04 * style.font_size) + 0.7
    panel_width, panel_height = ALONE if len(chart.panels) == 1 else PANEL
    if any(panel.square for panel in chart.drawn):
        panel_width, panel_height = PANEL[0], PANEL[0]
    panel_height = min(panel_height, _mapped(chart))
    panel_height = max(panel_height, 0.6 + NAMED * max(len(panel.y.marks) for panel in chart.drawn))
    natural = chart.columns * panel_width + 0.5
    width = style.width or natural
    return width, rows * max(panel_height * min(1.0, width / natural), 1.4) + 0.9


def _mapped(chart: Chart) -> float:
    """Height that the maps of a chart need, inches: few rows must not fill a page; infinite without a map."""
    rows = [len(mark.rows) for panel in chart.drawn for mark in panel.marks if isinstance(mark, Heat)]
    return 0.75 + NAMED * max(rows) if rows else inf


def _room(chart: Chart, width: float, style: FigureStyle) -> float:
    """Approximate width of the axes of a panel, inches."""
    marks = [mark for panel in chart.drawn for mark in panel.marks]
    if any(isinstance(mark, Picture) for mark in marks):
        return 0.94 * width / chart.columns
    beside = BESIDE * style.font_size / 72
    bar = BAR * style.font_size / 72 if any(isinstance(mark, Heat) for mark in marks) else 0.0
    named = [text for mark in marks if isinstance(mark, Heat) for _, text in mark.row_marks]
    names = max((length_of(text, 0.9 * style.font_size) for text in named), default=0.0) / 72
    inner = (width - beside - bar) / chart.columns - names
    return max(0.5 * inner, inner - 0.15)


def _fitted(panel: Panel, room: float, style: FigureStyle) -> Panel:
    """The panel with title and lower label broken into lines that fit.

    In a narrow panel the note would cover the marks, so it goes below the panel.
    """
    title, label = (wrapped(text, room, style.font_size) for text in (panel.title, panel.x.label))
    if panel.note and not panel.square and room < NOTED:
        below = wrapped(panel.note.replace("\n", "; "), room, style.font_size)
        return replace(panel, title=title, x=replace(panel.x, label=f"{label}\n{below}"), note="")
    return replace(panel, title=title, x=replace(panel.x, label=label))


def _share_axes(chart: Chart, axes: Any) -> None:
    """Remove the labels of inner axes that are the same as the outer ones."""
    last = {}
    for index, panel in enumerate(chart.panels):
        if panel is not None:
            last[index % chart.columns] = index
    for index, panel in enumerate(chart.panels):
        if panel is None or any(isinstance(mark, Picture) for mark in panel.marks):
            continue
        row, column = divmod(index, chart.columns)
        below, left = chart.panels[last[column]], chart.panels[row * chart.columns]
        if below is not None and below is not panel and below.x == panel.x:
            axes[row, column].set_xlabel("")
        if left is not None and left is not panel and left.y.label == panel.y.label:
            axes[row, column].set_ylabel("")


def _finish(chart: Chart, figure: InlineFigure, axes: Any, width: float, style: FigureStyle) -> None:
    handles: dict[str, Any] = {}
    for ax in axes.flat:
        handles |= dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    if handles:
        longest = max(len(name) for name in handles)
        columns = max(1, min(len(handles), int(72 * width / ((longest + 6) * 0.55 * style.font_size))))
        figure.legend(list(handles.values()), list(handles), loc="outside lower center", ncols=columns)
    heat = next((heat for ax in axes.flat if (heat := heat_of(ax)) is not None), None)
    if heat is not None:
        label = next(mark.label for panel in chart.drawn for mark in panel.marks if isinstance(mark, Heat))
        figure.colorbar(
            heat, ax=axes, label=wrapped(label, BAR_LENGTH * figure.get_figheight(), style.font_size), shrink=0.8
        )
    if style.titles:
        figure.suptitle(wrapped(chart.full_title, 0.94 * width, style.font_size), parse_math=False)
