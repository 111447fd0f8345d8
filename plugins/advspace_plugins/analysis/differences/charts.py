"""Forest plots of half scales in octaves, and curves of differences of shares; one of each per axis."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from advspace.analysis.appearance import BLUE, BOX_LOOKS, BOXES, GREY, Look, around, looks
from advspace.analysis.chart import Axis, Chart, Panel, grid, scale_axis
from advspace.analysis.forest import interval_bars, row_axis, row_heights
from advspace.analysis.marks import Line, Mark, Rule
from advspace.shapes import Frame
from advspace_plugins.analysis.differences.rows import KEPT
from advspace_plugins.analysis.differences.words import OTHER, chosen

MOST_ROWS = 24
"""Most rows of a forest plot."""
MOST_LINES = 7
"""Most curves in one panel."""
APART = 0.24
"""Distance between two marks in one row of a forest plot, in rows."""
ONLY = Look(BLUE, "-", "o")


def forests(table: Frame, equivalence: float, confidence: float) -> list[Chart]:
    """One forest plot per axis: a row per pair, a mark per box policy, rules at zero and at the margin.

    Args:
        table: The table of differences.
        equivalence: Largest difference that does not matter, octaves.
        confidence: Coverage of the bars.
    """
    halves = chosen(table)
    halves = halves[halves["difference"].notna()]
    return [
        _forest(str(axis), rows, equivalence, confidence)
        for axis, rows in halves.groupby("axis", sort=False)
        if len(rows)
    ]


def _forest(axis: str, rows: Frame, equivalence: float, confidence: float) -> Chart:
    names = _names(rows)
    listed = list(dict.fromkeys(names))
    shown = row_heights(listed[:MOST_ROWS])
    kept = [name in shown for name in names]
    rows, heights = rows[kept], np.array([shown[name] for name in names if name in shown], float)
    boxes = list(dict.fromkeys(rows["box"]))
    marks: list[Mark] = [Rule(end) for end in (-equivalence, 0.0, equivalence)]
    for index, box in enumerate(boxes):
        own = (rows["box"] == box).to_numpy()
        shift = APART * ((len(boxes) - 1) / 2 - index)
        marks += _bars(rows[own], heights[own] + shift, BOX_LOOKS.get(box, ONLY), BOXES.get(box, box))
    ends = [*rows["low"].dropna(), *rows["high"].dropna(), *rows["difference"], -equivalence, equivalence]
    room = 0.05 * (max(ends) - min(ends))
    label = f"difference of half scales, octaves (lines: 0 and ±{equivalence:g})"
    x = Axis(label, limits=(min(ends) - room, max(ends) + room))
    more = f" The first {MOST_ROWS} of {len(listed)} rows." if len(listed) > MOST_ROWS else ""
    note = f"Bars: {100 * confidence:g} % over images. Within the outer lines, a difference does not matter.{more}"
    text = "; ".join(
        f"{name}: {value:+.2f} octaves" for name, value in zip(_names(rows), rows["difference"], strict=True)
    )
    panel = Panel(marks, str(rows["pair"].iloc[0]) if rows["pair"].nunique() == 1 else "", x, row_axis(shown))
    return Chart(f"octaves_{axis}", "", _title(axis, "half scales"), f"{text}.", [panel], note=note)


def _bars(rows: Frame, heights: Any, look: Look, name: str) -> list[Mark]:
    """A point per row, with a line from end to end of its interval."""
    texts = [
        f"{pair}: {value:+.2f} [{low:+.2f}, {high:+.2f}] octaves, {images} images"
        for pair, value, low, high, images in zip(
            *(rows[key] for key in ("pair", "difference", "low", "high", "images")), strict=True
        )
    ]
    return interval_bars(list(rows["difference"]), list(rows["low"]), list(rows["high"]), heights, look, name, texts)


def _names(rows: Frame) -> list[str]:
    """Name of each row: what tells it from others; the pair if nothing does."""
    several = [key for key in ("pair", "group", "center") if rows[key].nunique() > 1] or ["pair"]
    return [
        ", ".join(row[key] for key in several) + ("" if row["paired"] == "yes" else " (not paired)")
        for row in rows.to_dict("records")
    ]


def curves(table: Frame, confidence: float, label: str) -> list[Chart]:
    """One chart per axis: the difference of the shares against the scale, with its band.

    Args:
        table: The table of differences.
        confidence: Coverage of the bands.
        label: Label of the scales.
    """
    kept = table[(table["quantity"] == KEPT) & table["difference"].notna()]
    others = kept[kept["center"] != OTHER]
    kept = others if len(others) else kept
    return [_curves(str(axis), rows, confidence, label) for axis, rows in kept.groupby("axis", sort=False) if len(rows)]


def _curves(axis: str, rows: Frame, confidence: float, label: str) -> Chart:
    x, y = scale_axis(rows["scale"], label), Axis("difference of the shares, points")
    pairs = list(dict.fromkeys(rows["pair"]))
    drawn = pairs[:MOST_LINES]
    colours = looks(drawn)
    groups = list(dict.fromkeys(rows["group"]))
    panels = {}
    for (group, center, box), cell in rows.groupby(["group", "center", "box"], sort=False):
        title = around(str(center), str(box))
        full = f"{group}\n{title}" if len(groups) > 1 else title
        panels[str(group), title] = Panel(_lines(cell, drawn, colours), full, x, y)
    text = "; ".join(f"{row['pair']} at {row['scale']:.3g}: {100 * row['difference']:+.1f}" for row in _ends(rows))
    more = f" The first {MOST_LINES} of {len(pairs)} pairs." if len(pairs) > MOST_LINES else ""
    note = f"Bands: {100 * confidence:g} % over images, at each scale by itself.{more}"
    subject = groups[0] if len(groups) == 1 else ""
    name, title = f"share_differences_{axis}", _title(axis, "shares that keep the class")
    return Chart(name, subject, title, f"Differences in points. {text}.", *grid(panels), note)


def _lines(cell: Frame, drawn: Sequence[str], colours: dict[str, Look]) -> list[Mark]:
    scales = sorted(set(cell["scale"]))
    marks: list[Mark] = [Line([scales[0], scales[-1]], [0, 0], look=Look(GREY, ":"))]
    for pair in drawn:
        own = cell[cell["pair"] == pair].sort_values("scale")
        if len(own):
            mean, low, high = (100 * own[key].to_numpy(float) for key in ("difference", "low", "high"))
            marks.append(Line(own["scale"].to_numpy(), mean, pair, colours[pair], low, high))
    return marks


def _ends(rows: Frame) -> list[dict[Any, Any]]:
    """The row at the lowest scale of each pair."""
    return rows.drop_duplicates(["group", "pair", "center", "box"]).to_dict("records")


def _title(axis: str, what: str) -> str:
    return f"{what}, {'clip against no clip' if axis == 'box' else 'each ' + axis + ' against each'}"
