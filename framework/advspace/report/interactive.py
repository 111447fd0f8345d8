"""A panel of a chart for Plotly; the page's script sets the colours for a light or a dark page."""

import math
from html import escape
from itertools import pairwise
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advspace.analysis.appearance import Look
from advspace.analysis.chart import Axis, Panel
from advspace.analysis.marks import MOST_NAMED, Area, Bars, Heat, Line, Mark, Numbers, Points, Rule
from advspace.statistics.rounding import rounded_down, rounded_up

HEIGHT, LARGEST = 320, 1200
"""Usual and largest height of a panel, CSS pixels; a map of many rows is higher than usual."""
NAMED = 26
"""Height of a row with a name at the vertical axis, CSS pixels."""
ROW = 14
"""Height of a map's row, CSS pixels."""
LEAST, AROUND = 190, 110
"""Smallest height of a map, and of what is above and below its rows, CSS pixels."""
STANDOFF = 8
"""Between the texts of an upright axis and its title, CSS pixels."""
LETTER = 7
"""Width of a letter of an upright label, CSS pixels."""
WIDTH = 2
"""Usual width of a line, CSS pixels."""
BAND, AREA, BARS, POINTS = 0.18, 0.6, 0.75, 0.7
"""Opacity of bands, areas, bars and points."""
DASHES = {"-": "solid", "--": "dash", "-.": "dashdot", ":": "dot", "": "solid"}
SYMBOLS = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "v": "triangle-down",
    "<": "triangle-left",
    ">": "triangle-right",
    "D": "diamond",
    "P": "cross",
    "X": "x",
    "": "circle",
}

Json = dict[str, Any]


def interactive(panel: Panel) -> Json:
    """Plotly's data and layout for a panel without pictures.

    Args:
        panel: The panel.
    """
    closest = any(isinstance(mark, Points | Heat) for mark in panel.marks)
    rules = [mark for mark in panel.marks if isinstance(mark, Rule) and math.isfinite(mark.x)]
    named = [_name(rule, panel.x) for rule in rules if rule.text]
    layout: Json = {
        "height": height_of(panel),
        "margin": {"l": 56, "r": 12, "t": 24 if named else 12, "b": 48},
        "annotations": named,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest" if closest else "x unified",
        "xaxis": _axis(panel.x) | {"unifiedhovertitle": {"text": f"{escape(panel.x.label)}: %{{x:.4~g}}"}},
        "yaxis": _axis(panel.y) | {"title": _upright(panel)},
        "shapes": [_rule(rule) for rule in rules],
        "bargap": 0,
    }
    for mark in (mark for mark in panel.marks if isinstance(mark, Heat)):
        texts = [text for _, text in mark.columns]
        layout["xaxis"] |= {"showgrid": False, "tickvals": list(range(len(texts))), "ticktext": texts, "tickangle": 0}
        rows = [(escape(mark.rows[row]), escape(text)) for row, text in mark.row_marks]
        layout["yaxis"] |= {"type": "category", "autorange": "reversed", "showgrid": False}
        layout["yaxis"] |= {"tickvals": [row for row, _ in rows], "ticktext": [text for _, text in rows]}
    traces = [trace for mark in panel.marks for trace in _traces(mark)]
    return {"data": [_plain(trace) for trace in traces], "layout": _plain(layout)}


def _upright(panel: Panel) -> Json:
    """The title of the vertical axis, clear of the texts of the tick marks."""
    return {"text": _broken(panel.y.label, height_of(panel)), "standoff": STANDOFF}


def _traces(mark: Mark) -> list[Json]:
    match mark:
        case Line():
            return [*_band(mark), _line(mark)]
        case Area():
            return _area(mark)
        case Points():
            return [_points(mark)]
        case Bars():
            return [_bars(mark)]
        case Heat():
            return [_heat(mark)]
        case _:
            return []


def _band(mark: Line) -> list[Json]:
    if mark.low is None or mark.high is None:
        return []
    return [_filled(mark.x, mark.low, mark.high, mark.look.colour, BAND)]


def _filled(x: Numbers, low: Numbers, high: Numbers, colour: str, opacity: float) -> Json:
    """The area between two curves."""
    across, lower, upper = (np.asarray(values) for values in (x, low, high))
    return {
        "type": "scatter",
        "x": np.concatenate([across, across[::-1]]),
        "y": np.concatenate([upper, lower[::-1]]),
        "mode": "lines",
        "fill": "toself",
        "fillcolor": colour,
        "opacity": opacity,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _area(mark: Area) -> list[Json]:
    """The area, and a line without width at its upper edge for the texts under the mouse pointer."""
    heights = np.asarray(mark.high, np.float64) - np.asarray(mark.low, np.float64)
    texts = [escape(text) for text in mark.texts] or [f"{height:.3g}" for height in heights]
    edge: Json = {
        "type": "scatter",
        "x": mark.x,
        "y": mark.high,
        "name": escape(mark.name),
        "mode": "lines",
        "line": {"color": mark.look.colour, "width": 0},
        "text": texts,
        "hovertemplate": "%{text}",
    }
    return [_filled(mark.x, mark.low, mark.high, mark.look.colour, AREA), edge]


def _line(mark: Line) -> Json:
    trace: Json = {
        "type": "scatter",
        "x": mark.x,
        "y": mark.y,
        "name": escape(mark.name),
        "mode": "+".join(_parts(mark.look)),
        "line": {"color": mark.look.colour, "width": WIDTH * mark.look.width, "dash": DASHES[mark.look.line]},
        "marker": {"symbol": SYMBOLS[mark.look.marker], "size": 7, "color": mark.look.colour},
    }
    if not mark.name:
        return trace | {"hoverinfo": "skip"}
    if mark.low is None or mark.high is None:
        return trace | {"hovertemplate": "%{y:.3~g}"}
    ends = [[rounded_down(low), rounded_up(high)] for low, high in zip(mark.low, mark.high, strict=True)]
    return trace | {"customdata": ends, "hovertemplate": "%{y:.3~g} [%{customdata[0]}, %{customdata[1]}]"}


def _points(mark: Points) -> Json:
    symbols = [SYMBOLS[marker] for marker in mark.markers] or SYMBOLS[mark.look.marker]
    return _intervals(mark) | {
        "type": "scatter",
        "x": mark.x,
        "y": mark.y,
        "name": escape(mark.name),
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"color": mark.look.colour, "size": 7, "opacity": POINTS, "symbol": symbols},
        "text": [escape(text) for text in mark.texts],
        "hovertemplate": ("%{text}" if mark.texts else "%{x:.4~g}, %{y:.4~g}") + "<extra></extra>",
    }


def _intervals(mark: Points) -> Json:
    """The intervals of points, as lengths to both sides."""
    if mark.low is None or mark.high is None:
        return {}
    x, low, high = (np.asarray(values, np.float64) for values in (mark.x, mark.low, mark.high))
    sides = {"array": _short(high - x), "arrayminus": _short(x - low)}
    look = {"color": mark.look.colour, "thickness": 1, "width": 0}
    return {"error_x": {"type": "data", "symmetric": False} | sides | look}


def _short(values: Numbers) -> list[float]:
    """Four digits, which is more than one can see."""
    return [float(f"{value:.4g}") for value in values]


def _bars(mark: Bars) -> Json:
    edges, heights = np.asarray(mark.edges, np.float64), np.asarray(mark.heights, np.float64)
    return {
        "type": "bar",
        "x": (edges[1:] + edges[:-1]) / 2,
        "y": np.where(heights > 0, heights, np.nan),
        "width": np.diff(edges),
        "name": escape(mark.name),
        "customdata": [[f"{low:.3g}", f"{high:.3g}"] for low, high in pairwise(edges.tolist())],
        "marker": {"color": mark.look.colour, "opacity": BARS},
        "hovertemplate": "%{y:.3~g} from %{customdata[0]} to %{customdata[1]}",
    }


def _heat(mark: Heat) -> Json:
    return {
        "type": "heatmap",
        "x": list(range(len(mark.columns))),
        "y": [escape(text) for text in mark.rows],
        "customdata": np.array([[text for _, text in mark.columns]] * len(mark.rows)),
        "z": mark.values,
        "zmin": 0,
        "zmax": 100,
        "colorscale": "Cividis",
        "colorbar": {
            "title": {"text": _broken(mark.label, height_of(Panel([mark]))), "side": "right"},
            "thickness": 12,
        },
        "hovertemplate": "%{y}<br>%{customdata}: %{z:.1f}<extra></extra>",
    }


def _broken(label: str, height: int) -> str:
    """An upright label, in lines that are no longer than a panel of this height, CSS pixels."""
    return "<br>".join(escape(line) for line in wrap(label, (height - AROUND // 2) // LETTER))


def _axis(axis: Axis) -> Json:
    layout: Json = {
        "type": "linear" if axis.scale == "linear" else "log",
        "title": {"text": escape(axis.label)},
        "fixedrange": True,
        "exponentformat": "power",
        "automargin": True,
    }
    if axis.marks:
        values, texts = zip(*axis.marks, strict=True)
        layout |= {"tickvals": values, "ticktext": texts, "tickangle": 0}
    if axis.range is not None:
        layout["range"] = [axis.forward(end) for end in axis.range]
    return layout


def _rule(mark: Rule) -> Json:
    return {"type": "line", "x0": mark.x, "x1": mark.x, "y0": 0, "y1": 1, "yref": "paper", "line": {"width": 1}}


def _name(rule: Rule, axis: Axis) -> Json:
    """The text of a rule above the panel, where no mark is."""
    place = {"x": axis.forward(rule.x), "y": 1, "yref": "paper", "yanchor": "bottom"}
    return {"text": escape(rule.text), "showarrow": False, "font": {"size": 11}} | place


def height_of(panel: Panel) -> int:
    """Height of a panel, CSS pixels: a map of few rows is lower than usual, and one of many is higher."""
    rows = max((len(mark.rows) for mark in panel.marks if isinstance(mark, Heat)), default=0)
    if 0 < rows <= MOST_NAMED:
        return max(LEAST, min(HEIGHT, AROUND + NAMED * rows))
    return max(HEIGHT, min(LARGEST, 90 + ROW * rows), 90 + NAMED * len(panel.y.marks))


def _plain(value: Any) -> Any:
    """A value for JSON: arrays and sequences as lists, numbers that are not finite as None."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(inner) for inner in value]
    if hasattr(value, "__array__"):  # of NumPy, pandas, torch
        return _plain_array(np.asarray(value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_array(values: NDArray[Any]) -> Any:
    """The same of an array; a call for each of its numbers would take most of the time of a large map."""
    if values.dtype.kind == "O":
        return _plain(values.tolist())
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        bad, values = ~np.isfinite(values), values.astype(object)
        values[bad] = None
    return values.tolist()


def _parts(look: Look) -> list[str]:
    """What is drawn of a line: the line, markers, or both."""
    return (["lines"] if look.line or not look.marker else []) + (["markers"] if look.marker else [])
