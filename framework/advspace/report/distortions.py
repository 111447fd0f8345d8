"""How large the distortions are, and how their pixels are distributed."""

from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy.stats import norm

from advspace.analysis.appearance import COLOURS
from advspace.report.chart import Chart, chart
from advspace.report.tensors import EDGES, Seen

LOWEST_DENSITY = 1e-5


def distortion_charts(good: pd.DataFrame, seen: Seen) -> list[Chart]:
    """Norms of the attacks and, where tensors are left, the histogram of all their pixels.

    Args:
        good: Rows of the successful attacks.
        seen: What the tensors show.
    """
    return [_norms(good), *([_histogram(seen)] if len(seen.density) else [])]


def _norms(good: pd.DataFrame) -> Chart:
    counts, edges = np.histogram(good["l2"], bins="doane" if good["l2"].nunique() > 1 else 1)
    bars = go.Bar(
        x=(edges[1:] + edges[:-1]) / 2,
        y=counts,
        width=edges[1:] - edges[:-1],
        customdata=[[f"{low:.3g}", f"{high:.3g}"] for low, high in pairwise(edges.tolist())],
        marker={"color": COLOURS["target"], "opacity": 0.75},
        hovertemplate="<b>%{y}</b> attacks with L2 %{customdata[0]} to %{customdata[1]}<extra></extra>",
    )
    return chart(
        "norms",
        "Euclidean norm of each distortion",
        f"Histogram of the L2 norms of {len(good)} distortions, from {good['l2'].min():.3g} to {good['l2'].max():.3g}.",
        [bars],
        bargap=0.04,
        xaxis={"title": {"text": "L2, pixels in [0, 1]"}, "fixedrange": True},
        yaxis={"title": {"text": "attacks"}, "fixedrange": True, "rangemode": "tozero"},
    )


def _histogram(seen: Seen) -> Chart:
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    bars = go.Bar(
        x=middles,
        y=[density or None for density in seen.density.tolist()],
        width=EDGES[1] - EDGES[0],
        name="distortions",
        marker={"color": COLOURS["target"], "opacity": 0.75},
        hovertemplate="%{y:.3~g}",
    )
    line = go.Scatter(
        x=EDGES,
        y=norm.pdf(EDGES),
        name="Gaussian of the same sd",
        line={"color": COLOURS["original"], "dash": "dash", "width": 2},
        hovertemplate="%{y:.3~g}",
    )
    return chart(
        "histogram",
        "Pixel values of all distortions, standardised",
        f"Density of the distortions' pixels and a Gaussian's; {100 * seen.outside:.2f} % lie beyond {EDGES[-1]:g} sd.",
        [bars, line],
        bargap=0,
        hovermode="x unified",
        xaxis={
            "title": {"text": "(pixel - mean) / sd"},
            "fixedrange": True,
            "unifiedhovertitle": {"text": "%{x:.2f} sd: density"},
        },
        yaxis={
            "title": {"text": "density (log)", "standoff": 12},
            "type": "log",
            "range": [np.log10(LOWEST_DENSITY), 0.5],
            "dtick": 1,
            "tickformat": "~g",
            "fixedrange": True,
        },
    )
