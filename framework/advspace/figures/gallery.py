"""The images themselves: original, distortion, adversarial."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from advspace.figures.style import STYLE, new_figure

SHOWN = 8


def gallery(
    images: pd.DataFrame, tensors: dict[str, dict[str, torch.Tensor]], classes: list[str], title: str
) -> Figure:
    """Original, amplified distortion and adversarial of some images, from the smallest distortion to the largest.

    Args:
        images: The table of images.
        tensors: Image and adversarial by image id.
        classes: Names of the classes.
        title: Of the figure.
    """
    good = images[images["success"]].sort_values("l2")
    rows = good.iloc[np.unique(np.linspace(0, len(good) - 1, min(SHOWN, len(good))).round().astype(int))]
    with mpl.rc_context(STYLE | {"axes.grid": False}):
        figure = new_figure(1.25 * len(rows) + 0.9, 4.9)
        grid = figure.subplots(3, len(rows), squeeze=False)
        for column, (_, row) in zip(grid.T, rows.iterrows(), strict=True):
            image, adversarial = tensors[row["image_id"]]["image"], tensors[row["image_id"]]["adversarial"]
            _show(column[0], image, classes[row["label"]])
            distortion, gain = _amplified(adversarial - image)
            _show(column[1], distortion, f"L2 {row['l2']:.2f}\nshown x {gain:.2g}")
            _show(column[2], adversarial, classes[row["target"]])
        for axes, name in zip(grid[:, 0], ("original", "distortion", "adversarial"), strict=True):
            axes.set_ylabel(name)
        figure.suptitle(f"{title}: from the smallest distortion to the largest")
    return figure


def _amplified(distortion: torch.Tensor) -> tuple[torch.Tensor, float]:
    """The distortion around mid-grey, as strong as fits; and by how much it is amplified."""
    gain = 0.5 / max(float(distortion.abs().max()), 1e-12)
    return 0.5 + gain * distortion, gain


def _show(axes: Axes, image: torch.Tensor, text: str) -> None:
    pixels = image.permute(1, 2, 0).numpy()
    grey = pixels.shape[2] != 3
    axes.imshow(pixels[..., 0] if grey else pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_title(text, fontsize=8)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
