"""The paper's picture: original, distortion and adversarial side by side."""

from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from advspace.distortion import amplified
from advspace.figures.style import STYLE, new_figure
from advspace.records.tables import CaseKey

SHOWN = 5
SIDE = 1.6
"""Width of a picture, inches."""
LETTERS = 24
"""As many of a caption fit above a picture."""


def gallery(
    images: pd.DataFrame, tensors: dict[CaseKey, dict[str, torch.Tensor]], classes: list[str], title: str
) -> Figure:
    """Original, amplified distortion and adversarial in columns, from the smallest distortion to the largest.

    Of an image that was attacked several times the first success is shown.

    Args:
        images: The table of images.
        tensors: Image and adversarial of each attack.
        classes: Names of the classes.
        title: Of the figure.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, the figure of five photographs.
    """
    good = images[images["success"]].drop_duplicates("image_id").sort_values("l2")
    rows = good.iloc[np.unique(np.linspace(0, len(good) - 1, min(SHOWN, len(good))).round().astype(int))]
    pairs = [tensors[row["image_id"], row["target"]] for _, row in rows.iterrows()]
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        figure = new_figure(3 * SIDE + 0.4, len(rows) * (SIDE * _tallness(pairs) + 0.35) + 0.8)
        grid = figure.subplots(len(rows), 3, squeeze=False)
        for axes, (_, row), pair in zip(grid, rows.iterrows(), pairs, strict=True):
            _show_row(axes, row, pair, classes)
        for axes, name in zip(grid[-1], ("original", "distortion", "adversarial"), strict=True):
            axes.set_xlabel(name)
        figure.suptitle(
            fill(f"{title}: from the smallest distortion to the largest", 3 * LETTERS), fontsize=9, parse_math=False
        )
    return figure


def _show_row(axes: Any, row: "pd.Series[Any]", pair: dict[str, torch.Tensor], classes: list[str]) -> None:
    distortion, gain = amplified(pair["adversarial"] - pair["image"])
    _show(axes[0], pair["image"], classes[row["label"]])
    _show(axes[1], distortion, f"L2 {row['l2']:.2f}, shown x {gain:.{0 if gain >= 10 else 1}f}")
    _show(axes[2], pair["adversarial"], classes[row["target"]])


def _tallness(pairs: list[dict[str, torch.Tensor]]) -> float:
    height, width = pairs[0]["image"].shape[1:]
    return height / width


def _show(axes: Axes, image: torch.Tensor, text: str) -> None:
    pixels = image.permute(1, 2, 0).numpy()
    grey = pixels.shape[2] != 3
    axes.imshow(pixels[..., 0] if grey else pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_title(fill(text, LETTERS), fontsize=8, parse_math=False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
