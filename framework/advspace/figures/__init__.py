"""Figures of a run; nothing else plots."""

from pathlib import Path

import pandas as pd
import torch
from matplotlib.figure import Figure

from advspace.analysis.curves import Curve
from advspace.figures.gallery import gallery
from advspace.figures.histogram import histogram
from advspace.figures.images import per_image
from advspace.figures.shares import share_curves
from advspace.figures.style import save
from advspace.records.tables import CaseKey, read_tensors


def draw_figures(
    directory: Path, images: pd.DataFrame, curves: list[Curve], noise: str, classes: list[str]
) -> list[Path]:
    """Draw every figure of a run as PNG and SVG under `figures/`; returns the files.

    Args:
        directory: The run directory.
        images: The table of images.
        curves: What the probes showed.
        noise: Name of the noise.
        classes: Names of the classes.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    drawn = figures(images, curves, read_tensors(directory), noise, classes)
    return [path for name, figure in drawn.items() for path in save(figure, directory / "figures" / name)]


def figures(
    images: pd.DataFrame,
    curves: list[Curve],
    tensors: dict[CaseKey, dict[str, torch.Tensor]],
    noise: str,
    classes: list[str],
) -> dict[str, Figure]:
    """Every figure of a run by name; none where no attack succeeded.

    Args:
        images: The table of images.
        curves: What the probes showed.
        tensors: Image and adversarial of each attack.
        noise: Name of the noise.
        classes: Names of the classes.
    """
    if not images["success"].any():
        return {}
    subject = f"{images['dataset'].iloc[0]}, {images['model'].iloc[0]}"
    title = f"{subject}, {noise} noise"
    probed = {"shares": share_curves(curves, title), "images": per_image(curves, title)} if curves else {}
    return probed | {
        "gallery": gallery(images, tensors, classes, subject),
        "histogram": histogram(images, tensors, subject),
    }
