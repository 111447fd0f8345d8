"""A panel of a chart on matplotlib's axes."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.ticker import FuncFormatter, NullLocator

from advspace.analysis.appearance import number, thinned
from advspace.analysis.chart import Axis, Panel
from advspace.analysis.marks import Area, Bars, Heat, Line, Mark, Picture, Points, Rule
from advspace.figures.style import PAPER, FigureStyle, length_of

BAND, AREA, BARS, POINTS, INTERVALS = 0.2, 0.55, 0.55, 0.65, 0.5
"""Opacity of bands, areas, bars, points and their intervals."""
BASES = {"log2": 2, "log10": 10}
MAP = "cividis"
NOTHING = "no finite number to draw"
LINE = 1.2
"""Height of a line of text, in font sizes."""
GAP = 3
"""Between a panel and the text of a rule above it, points."""


def draw_panel(panel: Panel, ax: Axes, style: FigureStyle = PAPER, *, most_ticks: int = 11) -> Axes:
    """Draw one panel of a chart: its marks, axes, note and title.

    Args:
        panel: The panel.
        ax: Matplotlib's axes.
        style: Sizes.
        most_ticks: Most tick marks that fit below it.

    Returns:
        `ax`.
    """
    rules = [mark for mark in panel.marks if isinstance(mark, Rule) and mark.text and not panel.empty]
    ax.set_title(panel.title, parse_math=False, pad=mpl.rcParams["axes.titlepad"] + LINE * style.small * bool(rules))
    if panel.empty:
        return _nothing(ax, style)
    for mark in panel.marks:
        _draw(mark, ax, style, most_ticks)
    if any(isinstance(mark, Picture) for mark in panel.marks):
        return _frameless(panel, ax)
    _scale("x", panel.x, ax, most_ticks)
    _scale("y", panel.y, ax, most_ticks)
    for rule in rules:
        _name(rule, ax, style)  # its place depends on the axis
    if panel.square:
        ax.set_aspect("equal")
    if panel.note:
        ax.text(
            0.98,
            0.97 if not panel.square else 0.03,
            panel.note,
            transform=ax.transAxes,
            ha="right",
            va="top" if not panel.square else "bottom",
            fontsize=style.small,
            parse_math=False,
        )
    return ax


def heat_of(ax: Axes) -> ScalarMappable | None:
    """The map on some axes, for a colour bar; None if there is none."""
    return next((image for image in ax.images if image.get_cmap().name == MAP), None)


def _draw(mark: Mark, ax: Axes, style: FigureStyle, most_ticks: int) -> None:
    match mark:
        case Line():
            _line(mark, ax)
        case Area():
            filled: Any = {"color": mark.look.colour, "alpha": AREA, "linewidth": 0, "label": mark.name or None}
            ax.fill_between(np.asarray(mark.x, np.float64), mark.low, mark.high, **filled)
        case Points():
            _points(mark, ax)
        case Bars():
            edges = np.asarray(mark.edges)
            look: Any = {"color": mark.look.colour, "alpha": BARS, "label": mark.name or None, "align": "edge"}
            ax.bar(edges[:-1], mark.heights, np.diff(edges), **look)
        case Rule():
            ax.axvline(mark.x, color="black", linewidth=0.8, alpha=0.6)
        case Heat():
            _heat(mark, ax, most_ticks)
        case Picture():
            ax.imshow(mark.pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")


def _name(rule: Rule, ax: Axes, style: FigureStyle) -> None:
    """Write the text of a rule above the panel, where no mark is; near an end of the axis it stays within the panel."""
    ax.get_xlim()  # else automatic limits are not yet set
    at = float(ax.transAxes.inverted().transform(ax.transData.transform((rule.x, 0)))[0])
    width = 72 * ax.get_window_extent().width / ax.figure.dpi
    half = min(0.5, length_of(rule.text, style.small) / 2 / width)
    look: Any = {"fontsize": style.small, "parse_math": False, "textcoords": "offset points", "ha": "center"}
    place = (min(max(at, half), 1 - half), 1.0)
    ax.annotate(rule.text, place, xytext=(0, GAP), xycoords="axes fraction", va="bottom", **look)


def _line(mark: Line, ax: Axes) -> None:
    x = np.asarray(mark.x, np.float64)
    if mark.low is not None and mark.high is not None:
        ax.fill_between(x, mark.low, mark.high, color=mark.look.colour, alpha=BAND, linewidth=0)
    look: Any = {"color": mark.look.colour, "linestyle": mark.look.line or "none", "marker": mark.look.marker or None}
    ax.plot(x, mark.y, label=mark.name or None, linewidth=mark.look.width * mpl.rcParams["lines.linewidth"], **look)


def _points(mark: Points, ax: Axes) -> None:
    markers = list(mark.markers) or [mark.look.marker] * len(mark.x)
    x, y = np.asarray(mark.x, np.float64), np.asarray(mark.y, np.float64)
    if mark.low is not None and mark.high is not None:
        ax.hlines(y, mark.low, mark.high, colors=mark.look.colour, alpha=INTERVALS, linewidth=0.8)
    for index, marker in enumerate(dict.fromkeys(markers)):
        chosen = [row for row, each in enumerate(markers) if each == marker]
        look: Any = {"color": mark.look.colour, "alpha": POINTS, "linewidths": 0, "s": 16, "clip_on": False}
        ax.scatter(x[chosen], y[chosen], marker=marker, label=(mark.name if not index else None) or None, **look)


def _heat(mark: Heat, ax: Axes, most_ticks: int) -> None:
    ax.grid(visible=False)
    ax.imshow(mark.values, aspect="auto", cmap=MAP, vmin=0, vmax=100, interpolation="nearest")
    marks = thinned(mark.columns, most_ticks)
    ax.set_xticks([list(mark.columns).index(shown) for shown in marks], [text for _, text in marks])
    rows, texts = zip(*mark.row_marks, strict=True)
    ax.set_yticks(rows, texts, parse_math=False)


def _scale(direction: str, axis: Axis, ax: Axes, most_ticks: int) -> None:
    own: Any = {
        "x": (ax.xaxis, ax.set_xlim, ax.set_xlabel, ax.set_xscale),
        "y": (ax.yaxis, ax.set_ylim, ax.set_ylabel, ax.set_yscale),
    }
    ticks, limits, label, scale = own[direction]
    label(axis.label, parse_math=False)
    if axis.scale in BASES:
        scale("log", base=BASES[axis.scale])
        ticks.set_minor_locator(NullLocator())
        ticks.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    if axis.marks:
        marks = thinned(axis.marks, most_ticks if direction == "x" else len(axis.marks))
        ticks.set_ticks([value for value, _ in marks], [text for _, text in marks])
    if axis.range is not None:
        limits(*axis.range)


def _frameless(panel: Panel, ax: Axes) -> Axes:
    ax.set_xlabel(panel.x.label)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _nothing(ax: Axes, style: FigureStyle) -> Axes:
    ax.text(0.5, 0.5, NOTHING, transform=ax.transAxes, ha="center", va="center", fontsize=style.small)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax
