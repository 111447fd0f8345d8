"""The paper's last figure: an image's share under Gaussian noise against its share under the distortion's histogram."""

from textwrap import fill

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from advspace.analysis.appearance import BOXES, COLOURS
from advspace.comparison.comparison import Comparison
from advspace.comparison.grouping import groups
from advspace.comparison.paired_noises import EMPIRICAL, GAUSSIAN, Pairs, paired, regression
from advspace.figures.style import STYLE, new_figure
from advspace.statistics.bootstrap import percentile_interval


def identity(comparison: Comparison) -> dict[str, Figure]:
    """The figure, where runs differ in these two noises alone; a row per group, a column per box policy."""
    result: dict[tuple[str, str], Pairs] = {}
    for group in groups(comparison, "noise"):
        if {GAUSSIAN, EMPIRICAL} <= group.lines.keys():
            result |= {(group.name, box): pairs for box, pairs in paired(comparison, group).items()}
    return {"gaussian_empirical": _drawn(result)} if result else {}


def _drawn(result: dict[tuple[str, str], Pairs]) -> Figure:
    names, boxes = (list(dict.fromkeys(panel[axis] for panel in result)) for axis in (0, 1))
    with mpl.rc_context(STYLE):
        figure = new_figure(1.0 + 3.1 * len(boxes), 1.1 + 3.4 * len(names))
        grid = figure.subplots(len(names), len(boxes), sharex=True, sharey=True, squeeze=False)
        for (name, box), pairs in result.items():
            axes = grid[names.index(name)][boxes.index(box)]
            _draw(axes, pairs)
            text = f"{BOXES.get(box, box)}, at {pairs.scale:.3g} x the distortion's sd"
            axes.set_title(f"{name}\n{text}" if len(names) > 1 else text, fontsize=8, parse_math=False)
        for axes in grid[-1]:
            axes.set_xlabel("share kept under Gaussian noise")
        for axes in grid[:, 0]:
            axes.set_ylabel("share kept under empirical noise")
        subject = f"{names[0]}: " if len(names) == 1 else ""
        head = f"{subject}each adversarial under both noises; line: least squares, 95 % over images"
        figure.suptitle(fill(head, 36 * len(boxes)), fontsize=9, parse_math=False)
    return figure


def _draw(axes: Axes, pairs: Pairs) -> None:
    axes.plot([0, 1], [0, 1], color="black", linewidth=0.8, linestyle=":")
    fitted = regression(pairs)
    if fitted is not None:
        grid, line, low, high = fitted
        axes.fill_between(grid, low, high, color=COLOURS["original"], alpha=0.25, linewidth=0)
        axes.plot(grid, line, color=COLOURS["original"], linestyle="--")
    axes.scatter(pairs.gaussian, pairs.empirical, s=14, alpha=0.6, color=COLOURS["target"], linewidths=0)
    difference = pairs.empirical - pairs.gaussian
    low_end, high_end = percentile_interval(difference)
    text = f"empirical - Gaussian: {difference.mean():+.3f} [{low_end:+.3f}, {high_end:+.3f}]\n{len(difference)} images"
    axes.text(0.98, 0.03, text, transform=axes.transAxes, ha="right", va="bottom", fontsize=7)
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
