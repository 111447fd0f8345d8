"""The paper's last figure: an image's share under Gaussian noise against its share under the distortion's histogram."""

from dataclasses import dataclass
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from advspace.bootstrap import RESAMPLES, percentile_interval
from advspace.comparison import Comparison
from advspace.figures.style import BOXES, COLOURS, STYLE, new_figure
from advspace.interval import Floats
from advspace.questions import Group, groups

GAUSSIAN, EMPIRICAL = "gaussian", "empirical"
FEWEST = 3
"""Images for a straight line."""
STEPS = 51


@dataclass(frozen=True)
class Pairs:
    """Shares of the same images under two noises, at one scale.

    Args:
        scale: The scale at which Gaussian noise first comes closest to losing half: there images differ most.
        gaussian: One share per image.
        empirical: The same images' under the histogram's noise.
    """

    scale: float
    gaussian: Floats
    empirical: Floats


def identity(comparison: Comparison) -> dict[str, Figure]:
    """The figure, where runs differ in these two noises alone; a row per group, a column per box policy."""
    found: dict[tuple[str, str], Pairs] = {}
    for group in groups(comparison, "noise"):
        if {GAUSSIAN, EMPIRICAL} <= group.lines.keys():
            found |= {(group.name, box): pairs for box, pairs in paired(comparison, group).items()}
    return {"gaussian_empirical": _drawn(found)} if found else {}


def paired(comparison: Comparison, group: Group) -> dict[str, Pairs]:
    """The shares of every image that was probed with both noises around its adversarial, by box policy."""
    tables = [_shares(comparison, group.lines[noise]) for noise in (GAUSSIAN, EMPIRICAL)]
    both = pd.concat(tables, axis=1, keys=["x", "y"], join="inner").groupby(level=["box", "scale", "image_id"]).mean()
    found: dict[str, Pairs] = {}
    for box, rows in both.groupby(level="box"):
        scale = nearest_half(rows["x"].groupby(level="scale").mean())
        at = rows.xs(scale, level="scale")
        found[str(box)] = Pairs(scale, at["x"].to_numpy(np.float64), at["y"].to_numpy(np.float64))
    return found


def nearest_half(shares: "pd.Series[float]") -> float:
    """The scale with the share nearest to one half, of those up to the first at which half are lost.

    Under the clip shares can recover in far stronger noise; those probes are not around the adversarial any more.

    Args:
        shares: By scale, in increasing order.
    """
    lost = np.flatnonzero(shares.to_numpy() <= 0.5)
    near = shares.iloc[: int(lost[0]) + 1] if len(lost) else shares
    return float(near.index[int((near - 0.5).abs().to_numpy().argmin())])


def regression(pairs: Pairs, seed: int = 0) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Least-squares line over the shares there are, and its 95 % band by a bootstrap over images.

    Args:
        pairs: The shares.
        seed: Of the resampling.

    Returns:
        Gaussian shares, the line there, its lower and its upper end; None where there is no line.
    """
    x, y = pairs.gaussian, pairs.empirical
    if len(x) < FEWEST or np.ptp(x) == 0:
        return None
    grid = np.linspace(x.min(), x.max(), STEPS)
    picks = np.random.default_rng(seed).integers(len(x), size=(RESAMPLES, len(x)))
    lines = np.stack([_line(x[pick], y[pick], grid) for pick in picks if np.ptp(x[pick]) > 0])
    low, high = np.quantile(lines, [0.025, 0.975], axis=0)
    return grid, _line(x, y, grid), low, high


def _line(x: Floats, y: Floats, grid: Floats) -> Floats:
    slope = np.mean((x - x.mean()) * (y - y.mean())) / x.var()
    return np.asarray(y.mean() + slope * (grid - x.mean()))


def _shares(comparison: Comparison, runs: list[str]) -> "pd.Series[Any]":
    probes = comparison.probes
    rows = probes[probes["run"].isin(runs) & (probes["center"] == "adversarial")]
    seeds = comparison.runs.get("seed", pd.Series(0, comparison.runs.index))  # an image is attacked anew for each
    rows = rows.assign(seed=rows["run"].map(dict(zip(comparison.runs["run"], seeds, strict=True))))
    return rows.set_index(["box", "scale", "seed", "image_id", "target"])["share_target"]


def _drawn(found: dict[tuple[str, str], Pairs]) -> Figure:
    names, boxes = (list(dict.fromkeys(place[axis] for place in found)) for axis in (0, 1))
    with mpl.rc_context(STYLE):
        figure = new_figure(1.0 + 3.1 * len(boxes), 1.1 + 3.4 * len(names))
        grid = figure.subplots(len(names), len(boxes), sharex=True, sharey=True, squeeze=False)
        for (name, box), pairs in found.items():
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
    told = f"empirical - Gaussian: {difference.mean():+.3f} [{low_end:+.3f}, {high_end:+.3f}]\n{len(difference)} images"
    axes.text(0.98, 0.03, told, transform=axes.transAxes, ha="right", va="bottom", fontsize=7)
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
