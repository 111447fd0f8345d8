"""How every chart of a page is made; its colours for light and dark are put on by the page's script."""

import math
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from advspace.analysis.appearance import power
from advspace.statistics.interval import Floats

HEIGHT = 320


@dataclass(frozen=True)
class Chart:
    """A chart with its words.

    Args:
        name: Unique on the page.
        title: Above it.
        told: What it shows, for who cannot see it.
        figure: Plotly's own form of it.
    """

    name: str
    title: str
    told: str
    figure: dict[str, Any]


def chart(name: str, title: str, told: str, traces: list[Any], **layout: Any) -> Chart:
    """Put traces together; `layout` is Plotly's, over what all charts share."""
    figure = go.Figure(traces)
    figure.update_layout(
        template="none",
        height=HEIGHT,
        margin={"l": 56, "r": 12, "t": 12, "b": 48},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
    )
    figure.update_xaxes(fixedrange=True, automargin=True)
    figure.update_yaxes(fixedrange=True, automargin=True)
    figure.update_layout(layout)
    plain: dict[str, Any] = figure.to_plotly_json()
    return Chart(name, title, told, _plain(plain))


def noise_axis(scales: Floats, title: str = "noise sd / distortion sd") -> dict[str, Any]:
    """A relative noise axis, over the whole ladder with some room: in powers of two, or straight where a scale is 0."""
    straight = bool((scales <= 0).any())
    places = scales if straight else np.log10(scales)
    return {
        "type": "linear" if straight else "log",
        "title": {"text": title},
        "range": [float(places.min()) - 0.08, float(places.max()) + 0.08],
        "tickvals": scales.tolist(),
        "ticktext": [power(scale) for scale in scales.tolist()],
        "tickangle": 0,
        "fixedrange": True,
    }


def safe(text: object) -> str:
    """Text for a hover box: Plotly reads tags in it, and names come from users."""
    return escape(str(text))


def _plain(value: Any) -> Any:
    """Lists and floats where NumPy was, and nothing where no number was: what JSON holds."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(inner) for inner in value]
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
