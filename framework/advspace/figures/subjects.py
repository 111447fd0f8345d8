"""Different data and models side by side: is a region as wide as its adversarial is far, or wide in grey levels?

Relative noise compares regions by what each attack needed; grey levels compare them by what an eye sees.  The two can
disagree, as between a regression on digits and a deep net on photographs.
"""

from itertools import cycle

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from advspace.analysis.appearance import BOXES, CYCLE, around
from advspace.analysis.curves import Curve
from advspace.box import GREY_LEVELS
from advspace.comparison.comparison import Comparison
from advspace.comparison.grouping import settings_alone
from advspace.figures.style import STYLE, log2_axis, new_figure

UNITS = {"relative": "noise sd / distortion sd", "grey": "noise sd, grey levels"}


def subjects(comparison: Comparison) -> dict[str, Figure]:
    """Share of the probes around adversarials that keep the target: a figure per noise on several data or models.

    Args:
        comparison: The runs.
    """
    result: dict[str, dict[str, list[str]]] = {}
    rows = comparison.runs.set_index("run")
    for group in settings_alone(comparison):
        runs = [run for line in group.lines.values() for run in line]
        row = rows.loc[runs[0]]
        lines = result.setdefault(str(row["noise"]), {})
        subject = f"{row['dataset']}, {row['model']}"
        lines[group.name if subject in lines else subject] = runs
    return {f"subjects_{noise}": _drawn(comparison, lines, noise) for noise, lines in result.items() if _differ(lines)}


def _differ(lines: dict[str, list[str]]) -> bool:
    """Whether the lines are of different data or models."""
    return len({tuple(name.split(", ")[:2]) for name in lines}) > 1


def _drawn(comparison: Comparison, lines: dict[str, list[str]], noise: str) -> Figure:
    result = {subject: comparison.curves_of(*runs) for subject, runs in lines.items()}
    boxes = [box for box in BOXES if any(curve.box == box for curves in result.values() for curve in curves)]
    with mpl.rc_context(STYLE):
        figure = new_figure(1.4 + 3.1 * len(boxes), 5.8)
        grid = figure.subplots(2, max(1, len(boxes)), sharex="row", sharey=True, squeeze=False)
        for axes_row, unit in zip(grid, UNITS, strict=True):
            for axes, box in zip(axes_row, boxes, strict=False):
                for (subject, curves), look in zip(result.items(), cycle(CYCLE), strict=False):
                    kept = [curve for curve in curves if curve.center == "adversarial" and curve.box == box]
                    for curve in kept:
                        _draw(axes, curve, subject, look, _unit(comparison, lines[subject], unit))
                log2_axis(axes)
                axes.set_ylim(-0.03, 1.03)
                axes.set_xlabel(UNITS[unit])
                axes.set_title(around("adversarial", box))
            axes_row[0].set_ylabel("share that keeps the target")
        handles, labels = grid[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(3, len(labels)))
        figure.suptitle(f"{noise} noise, bands: 95 % over images")
    return figure


def _unit(comparison: Comparison, runs: list[str], unit: str) -> float:
    """What a scale of one is in that unit: the mean over attacks of the distortion's deviation, in grey levels."""
    if unit == "relative":
        return 1.0
    images = comparison.images
    good = images[images["run"].isin(runs) & images["success"]]
    return float(good["sd"].mean()) * GREY_LEVELS


def _draw(axes: Axes, curve: Curve, subject: str, look: tuple[str, str, str], unit: float) -> None:
    colour, dash, marker = look
    band = curve.bands[curve.kept]
    axes.fill_between(curve.scales * unit, band.low, band.high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(curve.scales * unit, band.mean, dash, color=colour, marker=marker, markersize=3.5, label=subject)
