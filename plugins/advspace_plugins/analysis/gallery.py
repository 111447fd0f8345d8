"""The paper's picture: original, distortion and adversarial side by side."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from advspace import Analysis, Finding, FinishedRun
from advspace.analysis.appearance import percent
from advspace.analysis.chart import Axis, Chart, Panel
from advspace.analysis.marks import Picture
from advspace.checks import at_least
from advspace.distortion import amplified
from advspace.records.tables import Pair

COLUMNS = ("original", "distortion", "adversarial")
PROBABILITIES = {"probability_original", "probability_adversarial"}
"""Columns of the table of images; runs of older versions lack them."""


@dataclass(frozen=True)
class Gallery(Analysis):
    """Original, amplified distortion and adversarial in columns, from the smallest distortion to the largest.

    If an image was attacked several times, its first success is shown.  Beside each class is the probability that the
    model gives to it.

    Args:
        shown: Number of images.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, figure 1.
    """

    shown: int = 5

    title = "Pictures"
    order = 60
    needs = frozenset({"images", "tensors"})

    def __post_init__(self) -> None:
        at_least("shown", self.shown, 1)

    def __call__(self, run: FinishedRun) -> Finding:
        """Show images at even steps in the order of the distortion's norm."""
        good = run.succeeded.drop_duplicates("image_id").sort_values("l2")
        steps = np.linspace(0, len(good) - 1, min(self.shown, len(good)))
        rows = good.iloc[np.unique(steps.round().astype(int))]
        wanted = set(zip(rows["image_id"], rows["target"], strict=True))
        pairs = dict(run.tensors(wanted))
        panels = [
            panel for row in rows.to_dict("records") for panel in _row(run, row, pairs[row["image_id"], row["target"]])
        ]
        for panel_index, name in zip(range(len(panels) - 3, len(panels)), COLUMNS, strict=True):
            last = panels[panel_index]
            panels[panel_index] = Panel(last.marks, last.title, Axis(name))
        text = f"{len(rows)} attacks: original, amplified distortion and adversarial."
        title = "from the smallest distortion to the largest"
        note = "In percent: the probability that the model gives to the class." if {*rows} >= PROBABILITIES else ""
        return Finding(charts=[Chart("gallery", run.subject, title, text, panels, len(COLUMNS), note)])


def _row(run: FinishedRun, row: dict[Any, Any], pair: Pair) -> list[Panel]:
    distortion, gain = amplified(pair["adversarial"] - pair["image"])
    return [
        Panel([Picture(_pixels(pair["image"]))], _named(run, row, "label", "original")),
        Panel([Picture(_pixels(distortion))], f"L2 {row['l2']:.2f}, shown x {gain:.{0 if gain >= 10 else 1}f}"),
        Panel([Picture(_pixels(pair["adversarial"]))], _named(run, row, "target", "adversarial")),
    ]


def _named(run: FinishedRun, row: dict[Any, Any], kind: str, image: str) -> str:
    """Name and probability of a class."""
    probability = percent(row.get(f"probability_{image}", np.nan))
    return f"{run.class_name(row[kind])}, {probability}" if probability else run.class_name(row[kind])


def _pixels(image: torch.Tensor) -> NDArray[np.float64]:
    """`[height, width]`, or `[height, width, 3]` in colour."""
    pixels: NDArray[np.float64] = image.permute(1, 2, 0).double().numpy()
    return pixels if pixels.shape[2] == 3 else pixels[..., 0]
