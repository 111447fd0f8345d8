"""How far each attack's region reaches: the noise at which half of its probes are lost."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from advspace.analysis.appearance import BOXES
from advspace.analysis.curves import Curve
from advspace.analysis.finished_run import FinishedRun
from advspace.report.chart import Chart, chart, noise_axis, safe
from advspace.report.shares import share_axis

BOX_COLOURS = ("#D55E00", "#009E73", "#CC79A7")
"""Okabe & Ito's vermilion, green and purple, which no outcome has."""
BOX_SYMBOLS = ("circle", "diamond", "square")
CENSORED = {"below": "triangle-left", "above": "triangle-right"}


def half_charts(run: FinishedRun) -> list[Chart]:
    """A chart per center: each attack a point, in the order in which they lose half."""
    centers = list(dict.fromkeys(curve.center for curve in run.curves))
    return [_half_chart(run, center) for center in centers]


def box_colours(curves: list[Curve]) -> dict[str, str]:
    """A colour per box policy."""
    boxes = list(dict.fromkeys(curve.box for curve in curves))
    return {box: BOX_COLOURS[index % len(BOX_COLOURS)] for index, box in enumerate(boxes)}


def _half_chart(run: FinishedRun, center: str) -> Chart:
    curves = [curve for curve in run.curves if curve.center == center]
    colours, kept = box_colours(run.curves), curves[0].kept
    symbols = dict(zip(colours, BOX_SYMBOLS * len(colours), strict=False))
    return chart(
        f"halves-{center}",
        f"Around the {center}",
        f"Share of the attacks whose probes around the {center} have lost half of the {kept} class, against the noise.",
        [_trace(run, curve, colours[curve.box], symbols[curve.box]) for curve in curves],
        hovermode="closest",
        xaxis=noise_axis(np.unique(np.concatenate([curve.scales for curve in curves])), "half scale of an attack"),
        yaxis=share_axis("attacks that lost half, %"),
    )


def _trace(run: FinishedRun, curve: Curve, colour: str, symbol: str) -> Any:
    places = sorted(range(len(curve.halves)), key=lambda index: curve.halves[index].order)
    labels = dict(zip(run.images["image_id"], run.images["label"], strict=True))
    halves = [curve.halves[index] for index in places]
    ids = [curve.image_ids[index] for index in places]
    names = [
        f"{safe(id_)}<br>{safe(run.class_name(labels[id_]))} → {safe(run.class_name(curve.targets[index]))}"
        for id_, index in zip(ids, places, strict=True)
    ]
    box = BOXES.get(curve.box, curve.box)
    return go.Scatter(
        x=[half.scale for half in halves],
        y=100 * (1 + np.arange(len(halves))) / len(halves),
        mode="markers",
        cliponaxis=False,
        name=box,
        marker={
            "color": colour,
            "size": 7,
            "opacity": 0.8,
            "symbol": [CENSORED.get(half.censored, symbol) for half in halves],
        },
        customdata=[[name, f"{half} x sd", box] for name, half in zip(names, halves, strict=True)],
        hovertemplate="%{customdata[0]}<br>half lost at <b>%{customdata[1]}</b>, %{customdata[2]}<extra></extra>",
    )
