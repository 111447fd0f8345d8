"""How large the distortions are, and how their pixels are distributed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import BLUE, OUTCOMES, Look
from advspace.analysis.chart import Axis, Chart, Panel
from advspace.analysis.marks import Bars, Line
from advspace.box import GREY_LEVELS
from advspace.distortion import standardised
from advspace.shapes import Frame
from advspace.statistics.bootstrap import percentile_interval

BINS, REACH = 81, 5
EDGES = np.linspace(-REACH, REACH, BINS)
"""Edges of the bins, in standard deviations of the distortion."""
LOWEST_DENSITY = 1e-5
MEANS = {
    "l2_mean": ("l2", 1.0, "", "mean L2 of the distortion"),
    "rms_grey_levels_mean": ("rms", GREY_LEVELS, "grey levels", "mean rms of the distortion"),
    "sd_grey_levels_mean": ("sd", GREY_LEVELS, "grey levels", "mean sd of the distortion"),
    "on_box_mean": ("on_box", 1.0, "of the pixels", "adversarial pixels on the box"),
}
"""By estimate: column of the table of images, factor from pixels to the unit, unit, label."""
MOMENTS = {
    "mean, grey levels": ("mean", GREY_LEVELS),
    "sd, grey levels": ("sd", GREY_LEVELS),
    "skewness": ("skewness", 1.0),
    "excess kurtosis": ("excess_kurtosis", 1.0),
}


@dataclass(frozen=True)
class Distortions(Analysis):
    """Norms and moments of the distortions, and the histogram of their standardised pixels against a Gaussian.

    The table has one row per measure (`l2`, `rms`, `mean`, `sd`, `skewness`, `excess_kurtosis`, `on_box`) with `mean`,
    `median`, `min` and `max` over the successful attacks; pixels are in [0, 1].

    Source: Tabacof & Valle 2015, arXiv:1510.05328, section on the distribution of the distortion.
    """

    title = "The distortions"
    order = 50

    def __call__(self, run: FinishedRun) -> Finding:
        """Measure every distortion."""
        good = run.succeeded
        if good.empty:
            return Finding()
        counts, pixels = _counts(run)
        histogram = [_histogram(run, counts, pixels)] if pixels else []
        charts = [*histogram, _norms(run)]
        return Finding(_table(good), _means(good), charts, _sentence(good), glance=["l2_mean"])


def _means(good: Frame) -> dict[str, Estimate]:
    """Means over images, after a mean over each image's attacks; intervals by bootstrap over images."""
    estimates: dict[str, Estimate] = {}
    for name, (column, factor, unit, label) in MEANS.items():
        values = factor * good.groupby("image_id")[column].mean().to_numpy(np.float64)
        estimates[name] = Estimate(float(values.mean()), *percentile_interval(values), unit, label)
    return estimates


def _table(good: Frame) -> Frame:
    names = ["l2", "rms", "mean", "sd", "skewness", "excess_kurtosis", "on_box"]
    table = good[names].agg(["mean", "median", "min", "max"]).T
    return table.rename_axis("measure").reset_index()


def _counts(run: FinishedRun) -> tuple[NDArray[np.int64], int]:
    """Number of standardised pixels of all distortions in each bin, and in total.

    Bins that are given by number and range are counted three times as fast as the same bins given by their edges.
    """
    counts, pixels = np.zeros(BINS - 1, np.int64), 0
    for _, pair in run.tensors():
        values = standardised(pair)
        counts += np.histogram(values, BINS - 1, (-REACH, REACH))[0]
        pixels += values.size
    return counts, pixels


def _histogram(run: FinishedRun, counts: NDArray[np.int64], pixels: int) -> Chart:
    densities = counts / (pixels * (EDGES[1] - EDGES[0]))
    outside = f"{100 * (1 - counts.sum() / pixels):.2f} %"
    gauss = np.exp(-(EDGES**2) / 2) / np.sqrt(2 * np.pi)
    note = [
        f"{len(run.succeeded)} attacks, median [middle 90 %]",
        *_moments(run.succeeded),
        f"beyond {REACH} sd: {outside}",
    ]
    panel = Panel(
        [
            Bars(EDGES, densities, "distortions", Look(BLUE)),
            Line(EDGES, gauss, "Gaussian of the same sd", Look(OUTCOMES["original"].colour, "--")),
        ],
        x=Axis("(pixel of the distortion - mean) / sd"),
        y=Axis("density", "log10", limits=(LOWEST_DENSITY, 10.0)),
        note="\n".join(note),
    )
    text = f"Density of the distortions' pixels and of a Gaussian; {outside} lie beyond {REACH} sd."
    return Chart("histogram", run.subject, "the pixels of all distortions, standardised", text, [panel])


def _moments(good: Frame) -> list[str]:
    rows = []
    for name, (column, unit) in MOMENTS.items():
        low, middle, high = good[column].quantile([0.05, 0.5, 0.95]) * unit
        rows.append(f"{name}: {middle:.3g} [{low:.3g}, {high:.3g}]")
    return rows


def _norms(run: FinishedRun) -> Chart:
    norms = run.succeeded["l2"]
    counts, edges = np.histogram(norms, bins="doane" if norms.nunique() > 1 else 1)
    text = f"Histogram of the L2 norms of {len(norms)} distortions, from {norms.min():.3g} to {norms.max():.3g}."
    panel = Panel([Bars(edges, counts, "", Look(BLUE))], x=Axis("L2, pixels in [0, 1]"), y=Axis("attacks"))
    return Chart("norms", run.subject, "Euclidean norm of each distortion", text, [panel])


def _sentence(good: Frame) -> str:
    l2, grey = good["l2"], good["rms"] * GREY_LEVELS
    return (
        f"The median distortion has an L2 norm of {l2.median():.3g} (from {l2.min():.3g} to {l2.max():.3g}), "
        f"an rms of {grey.median():.3g} grey levels."
    )
