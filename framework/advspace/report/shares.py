"""Share of each outcome against the noise, with its band: the paper's curve, to be read off exactly."""

from typing import Any

import plotly.graph_objects as go

from advspace.curves import Curve
from advspace.figures.style import BOXES, COLOURS, NAMES
from advspace.report.chart import Chart, chart, noise_axis
from advspace.rows import OUTCOMES

DASHES = {"target": "solid", "original": "dash", "other": "dot"}
SYMBOLS = {"target": "circle", "original": "square", "other": "triangle-up"}
BAND_OPACITY = 0.18


def share_charts(curves: list[Curve]) -> list[Chart]:
    """A chart per center and box policy."""
    return [_share_chart(curve) for curve in curves]


def _share_chart(curve: Curve) -> Chart:
    traces = [trace for outcome in OUTCOMES for trace in outcome_traces(curve, outcome, NAMES[outcome])]
    place = f"around the {curve.center}, {BOXES.get(curve.box, curve.box)}"
    axis = noise_axis(curve.scales) | {"unifiedhovertitle": {"text": "noise %{x:.4~g} x the distortion's sd"}}
    return chart(
        f"shares-{curve.center}-{curve.box}",
        place.capitalize(),
        f"Share of the probes {place} per outcome against the noise; half are lost at {curve.half}.",
        traces,
        hovermode="x unified",
        xaxis=axis,
        yaxis=share_axis("share of probes, %"),
        shapes=[] if curve.half.censored else [_half_line(curve.half.scale)],
    )


def outcome_traces(curve: Curve, outcome: str, name: str, colour: str | None = None) -> list[Any]:
    """An outcome's band and its line; hovering gives mean and interval.

    Args:
        curve: What the probes showed.
        outcome: One of them.
        name: What the hover box calls it.
        colour: Its colour, where it is not the outcome's own.
    """
    band, shade = curve.bands[outcome], colour or COLOURS[outcome]
    return [
        go.Scatter(
            x=[*curve.scales, *curve.scales[::-1]],
            y=[*(100 * band.high), *(100 * band.low[::-1])],
            mode="lines",
            fill="toself",
            fillcolor=shade,
            opacity=BAND_OPACITY,
            line={"width": 0},
            hoverinfo="skip",
        ),
        go.Scatter(
            x=curve.scales,
            y=100 * band.mean,
            customdata=[[100 * low, 100 * high] for low, high in zip(band.low, band.high, strict=True)],
            name=name,
            mode="lines+markers",
            line={"color": shade, "width": 2, "dash": DASHES[outcome]},
            marker={"symbol": SYMBOLS[outcome], "size": 7, "color": shade},
            hovertemplate="%{y:.1f} % [%{customdata[0]:.1f}, %{customdata[1]:.1f}]",
        ),
    ]


def share_axis(title: str) -> dict[str, Any]:
    """An axis from 0 to 100 %."""
    return {"title": {"text": title}, "range": [-3, 103], "tickvals": [0, 25, 50, 75, 100], "fixedrange": True}


def _half_line(scale: float) -> dict[str, Any]:
    return {"type": "line", "x0": scale, "x1": scale, "y0": 0, "y1": 1, "yref": "paper", "line": {"width": 1}}
