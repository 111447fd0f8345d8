"""The paper's curve: which share of the probes keeps its class as the noise grows."""

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from advspace.analysis.appearance import COLOURS, LINES, MARKERS, NAMES, around
from advspace.analysis.curves import Curve
from advspace.figures.style import STYLE, log2_axis, new_figure
from advspace.records.rows import OUTCOMES


def share_curves(curves: list[Curve], title: str) -> Figure:
    """Mean share per outcome against relative noise, with its 95 % band over images.

    One row per center, one column per box policy.
    """
    centers = list(dict.fromkeys(curve.center for curve in curves))
    boxes = list(dict.fromkeys(curve.box for curve in curves))
    with mpl.rc_context(STYLE):
        figure = new_figure(1.2 + 3.4 * len(boxes), 1.2 + 2.6 * len(centers))
        grid = figure.subplots(len(centers), len(boxes), sharex=True, sharey=True, squeeze=False)
        for curve in curves:
            axes = grid[centers.index(curve.center)][boxes.index(curve.box)]
            _draw(axes, curve)
        for axes in grid[-1]:
            axes.set_xlabel("noise sd / distortion sd")
        for row in grid:
            row[0].set_ylabel("share of probes")
        positive = all((curve.scales > 0).all() for curve in curves)
        for axes in grid.flat:
            if positive:
                log2_axis(axes)
            axes.set_visible(axes.has_data())  # not every center has every box policy
        handles, labels = _legend(grid)
        figure.legend(handles, labels, loc="outside lower center", ncols=len(OUTCOMES))
        figure.suptitle(f"{title}: {curves[0].images} images, bands: 95 % over images")
    return figure


def _legend(grid: Any) -> tuple[list[Any], list[str]]:
    """Of any axes that has curves."""
    handles, labels = next(axes for axes in grid.flat if axes.has_data()).get_legend_handles_labels()
    return handles, labels


def _draw(axes: Axes, curve: Curve) -> None:
    for outcome in OUTCOMES:
        band = curve.bands[outcome]
        axes.fill_between(curve.scales, band.low, band.high, color=COLOURS[outcome], alpha=0.2, linewidth=0)
        axes.plot(
            curve.scales,
            band.mean,
            LINES[outcome],
            color=COLOURS[outcome],
            marker=MARKERS[outcome],
            markersize=4,
            label=NAMES[outcome],
        )
    if not curve.half.censored:
        axes.axvline(curve.half.scale, color="black", linewidth=0.8, alpha=0.6)
        axes.annotate(
            f"half lost at {curve.half.scale:.2g}",
            (curve.half.scale, 1.0),
            xytext=(3, 0),
            textcoords="offset points",
            fontsize=7,
            va="top",
        )
    axes.set_ylim(-0.03, 1.03)
    axes.set_title(around(curve.center, curve.box))
