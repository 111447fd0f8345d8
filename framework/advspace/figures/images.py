"""Every attack by itself: how much they differ is the paper's point."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure

from advspace.analysis.appearance import around, power
from advspace.analysis.curves import Curve
from advspace.figures.style import STYLE, new_figure


def per_image(curves: list[Curve], title: str) -> Figure:
    """Share of the probes that keep their class: one row per attack, most fragile on top, one column per scale."""
    centers = list(dict.fromkeys(curve.center for curve in curves))
    boxes = list(dict.fromkeys(curve.box for curve in curves))
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        figure = new_figure(1.6 + 3.2 * len(boxes), 1.0 + 2.9 * len(centers))
        alike = len({tuple(curve.scales) for curve in curves}) == 1
        grid = figure.subplots(len(centers), len(boxes), sharex=alike, squeeze=False)
        for curve in curves:
            mappable = _draw(grid[centers.index(curve.center)][boxes.index(curve.box)], curve)
        for axes in grid.flat:
            axes.set_visible(axes.has_data())  # not every center has every box policy
        for axes in grid[-1]:
            axes.set_xlabel("noise sd / distortion sd")
        for row in grid:
            row[0].set_ylabel("attack, most fragile on top")
        figure.colorbar(mappable, ax=grid, label="share of probes that keep their class", shrink=0.7)
        figure.suptitle(f"{title}: every attack by itself")
    return figure


def _draw(axes: Axes, curve: Curve) -> ScalarMappable:
    kept = curve.shares[curve.kept]
    order = np.argsort(kept.mean(1), kind="stable")
    drawn = axes.imshow(kept[order], aspect="auto", cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
    places = range(0, len(curve.scales), 2 if len(curve.scales) > 6 else 1)
    axes.set_xticks(list(places), [power(curve.scales[position]) for position in places])
    axes.set_title(around(curve.center, curve.box))
    return drawn
