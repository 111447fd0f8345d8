"""Every image under Gaussian noise and under its distortion's own histogram: the paper's last figure."""

import plotly.graph_objects as go

from advspace.analysis.appearance import BOXES, COLOURS
from advspace.comparison.comparison import Comparison
from advspace.comparison.grouping import groups
from advspace.comparison.paired_noises import EMPIRICAL, GAUSSIAN, Pairs, paired, regression
from advspace.report.chart import Chart, chart
from advspace.report.shares import BAND_OPACITY, share_axis


def noise_charts(comparison: Comparison) -> list[Chart]:
    """A chart per group of runs that differ in these two noises alone, and per box policy."""
    both = [group for group in groups(comparison, "noise") if {GAUSSIAN, EMPIRICAL} <= group.lines.keys()]
    result = [(group.name, box, pairs) for group in both for box, pairs in paired(comparison, group).items()]
    return [_chart(f"identity-{number}", *one) for number, one in enumerate(result)]


def _chart(name: str, group: str, box: str, pairs: Pairs) -> Chart:
    title = f"{group}, {BOXES.get(box, box)}, at {pairs.scale:.3g} x the distortion's sd"
    difference = 100 * float((pairs.empirical - pairs.gaussian).mean())
    points = go.Scatter(
        x=100 * pairs.gaussian,
        y=100 * pairs.empirical,
        mode="markers",
        marker={"color": COLOURS["target"], "size": 8, "opacity": 0.65},
        hovertemplate="Gaussian <b>%{x:.1f} %</b>, empirical <b>%{y:.1f} %</b><extra></extra>",
    )
    line = {"color": COLOURS["other"], "dash": "dot", "width": 1.5}
    same = go.Scatter(x=[0, 100], y=[0, 100], mode="lines", line=line, hoverinfo="skip")
    return chart(
        name,
        title,
        f"{len(pairs.gaussian)} adversarials; empirical minus Gaussian is {difference:+.1f} points on average.",
        [same, *_fitted(pairs), points],
        hovermode="closest",
        xaxis=share_axis("kept under Gaussian noise, %"),
        yaxis=share_axis("kept under empirical noise, %"),
    )


def _fitted(pairs: Pairs) -> list[go.Scatter]:
    fitted = regression(pairs)
    if fitted is None:
        return []
    grid, line, low, high = (100 * one for one in fitted)
    shade = COLOURS["original"]
    band = {"mode": "lines", "fill": "toself", "fillcolor": shade, "opacity": BAND_OPACITY, "line": {"width": 0}}
    return [
        go.Scatter(x=[*grid, *grid[::-1]], y=[*high, *low[::-1]], hoverinfo="skip", **band),
        go.Scatter(x=grid, y=line, mode="lines", line={"color": shade, "dash": "dash", "width": 2}, hoverinfo="skip"),
    ]
