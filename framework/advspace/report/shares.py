"""Share of each outcome against the noise, with its band: the paper's curve, to be read off exactly."""

from typing import Any, NamedTuple

import plotly.graph_objects as go

from advspace.analysis.appearance import COLOURS, NAMES, around
from advspace.analysis.curves import Curve
from advspace.records.rows import OUTCOMES
from advspace.report.chart import Chart, chart, noise_axis, safe
from advspace.statistics.interval import Floats

BAND_OPACITY = 0.18


class Look(NamedTuple):
    """Colour, dash and symbol of a line, as Plotly calls them."""

    colour: str
    dash: str
    symbol: str


LOOKS = {
    "target": Look(COLOURS["target"], "solid", "circle"),
    "original": Look(COLOURS["original"], "dash", "square"),
    "other": Look(COLOURS["other"], "dot", "triangle-up"),
}


def share_charts(curves: list[Curve]) -> list[Chart]:
    """A chart per center and box policy."""
    return [_share_chart(curve) for curve in curves]


def _share_chart(curve: Curve) -> Chart:
    panel = around(curve.center, curve.box)
    return curves_chart(
        f"shares-{curve.center}-{curve.box}",
        panel.capitalize(),
        f"Share of the probes {panel} per outcome against the noise; half are lost at {curve.half}.",
        [trace for name in OUTCOMES for trace in band_traces(curve, name, NAMES[name], LOOKS[name])],
        curve.scales,
        shapes=[] if curve.half.censored else [_half_line(curve.half.scale)],
    )


def curves_chart(name: str, title: str, told: str, traces: list[Any], scales: Floats, **layout: Any) -> Chart:
    """Shares against the noise; hovering gives those of all lines at one scale."""
    axis = noise_axis(scales) | {"unifiedhovertitle": {"text": "noise %{x:.4~g} x the distortion's sd"}}
    shares = share_axis("share of probes, %")
    return chart(name, title, told, traces, hovermode="x unified", xaxis=axis, yaxis=shares, **layout)


def band_traces(curve: Curve, outcome: str, name: str, look: Look) -> list[Any]:
    """An outcome's band and its line; hovering gives mean and interval.

    Args:
        curve: What the probes showed.
        outcome: One of them.
        name: What the hover box calls it.
        look: Of the line.
    """
    band = curve.bands[outcome]
    return [
        go.Scatter(
            x=[*curve.scales, *curve.scales[::-1]],
            y=[*(100 * band.high), *(100 * band.low[::-1])],
            mode="lines",
            fill="toself",
            fillcolor=look.colour,
            opacity=BAND_OPACITY,
            line={"width": 0},
            hoverinfo="skip",
        ),
        go.Scatter(
            x=curve.scales,
            y=100 * band.mean,
            customdata=[[100 * low, 100 * high] for low, high in zip(band.low, band.high, strict=True)],
            name=safe(name),
            mode="lines+markers",
            line={"color": look.colour, "width": 2, "dash": look.dash},
            marker={"symbol": look.symbol, "size": 7, "color": look.colour},
            hovertemplate="%{y:.1f} % [%{customdata[0]:.1f}, %{customdata[1]:.1f}]",
        ),
    ]


def share_axis(title: str) -> dict[str, Any]:
    """An axis from 0 to 100 %."""
    return {"title": {"text": title}, "range": [-3, 103], "tickvals": [0, 25, 50, 75, 100], "fixedrange": True}


def _half_line(scale: float) -> dict[str, Any]:
    return {"type": "line", "x0": scale, "x1": scale, "y0": 0, "y1": 1, "yref": "paper", "line": {"width": 1}}
