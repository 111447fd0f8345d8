"""The distortion's pixel values against the Gaussian of the same standard deviation."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import torch
from matplotlib.figure import Figure
from scipy.stats import norm

from advspace.analysis.appearance import COLOURS
from advspace.distortion import standardised
from advspace.figures.style import STYLE, new_figure
from advspace.records.tables import CaseKey

BINS = 81
REACH = 5


def histogram(images: pd.DataFrame, tensors: dict[CaseKey, dict[str, torch.Tensor]], title: str) -> Figure:
    """All distortions in units of their own standard deviation, and the moments of the mean and the median image."""
    values = np.concatenate([standardised(pair) for pair in tensors.values()])
    edges = np.linspace(-REACH, REACH, BINS)
    with mpl.rc_context(STYLE):
        figure = new_figure(6.2, 3.6)
        axes = figure.subplots()
        outside = float((np.abs(values) > REACH).mean())
        weights = np.full(len(values), 1 / (len(values) * (edges[1] - edges[0])))
        axes.hist(values, edges.tolist(), weights=weights, color=COLOURS["target"], alpha=0.55, label="distortions")
        axes.plot(
            edges,
            norm.pdf(edges),
            color=COLOURS["original"],
            linestyle="--",
            linewidth=1.6,
            label="Gaussian of the same sd",
        )
        axes.set_yscale("log")
        axes.set_ylim(bottom=1e-4)
        axes.set_xlabel("(pixel of the distortion - mean) / sd")
        axes.set_ylabel("density (log)")
        axes.legend(loc="upper left", fontsize=8)
        axes.text(0.98, 0.97, _told(images, outside), transform=axes.transAxes, ha="right", va="top", fontsize=8)
        figure.suptitle(f"{title}: the distortions' histogram")
    return figure


def _told(images: pd.DataFrame, outside: float) -> str:
    good = images[images["success"]]
    rows = [
        f"{len(good)} attacks, median [middle 90 %]",
        *(
            f"{name}: {good[column].median() * unit:.3g} [{good[column].quantile(0.05) * unit:.3g}, "
            f"{good[column].quantile(0.95) * unit:.3g}]"
            for name, column, unit in (
                ("mean, grey levels", "mean", 255),
                ("sd, grey levels", "sd", 255),
                ("skewness", "skewness", 1),
                ("excess kurtosis", "excess_kurtosis", 1),
            )
        ),
        f"beyond {REACH} sd: {100 * outside:.2f} %",
    ]
    return "\n".join(rows)
