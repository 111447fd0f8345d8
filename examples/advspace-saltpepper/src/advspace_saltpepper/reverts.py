"""How many probes around the adversarials have the original class."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from advspace import Analysis, Chart, Estimate, Finding, FinishedRun, Line, Panel
from advspace.analysis.appearance import BOX_LOOKS, BOXES, Look, looks
from advspace.analysis.chart import scale_axis, share_axis
from advspace.analysis.curves import Curve


@dataclass(frozen=True)
class Reverts(Analysis):
    """The mean share of the probes around the adversarials that have the original class, at each scale.

    The table has one row per box policy and scale: `box`, `scale`, and `mean`, `low` and `high` (shares in [0, 1], 95 %
    intervals over images).

    Args:
        scale: The scale whose shares are the estimates; if the run did not probe at it, there are no estimates.
    """

    scale: float = 1.0

    title = "Probes that revert"
    order = 25  # after the share curves
    needs = frozenset({"images", "probes"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Take the shares from the mean curves of the run."""
        curves = [curve for curve in run.curves if curve.center == "adversarial"]
        if not curves:
            return Finding()
        table = pd.concat([_table(curve) for curve in curves], ignore_index=True)
        estimates = {
            f"reverts/{curve.box}": _estimate(curve, index)
            for curve in curves
            for index in np.flatnonzero(curve.scales == self.scale).tolist()
        }
        sentence = " ".join(f"{each.label.capitalize()}: {each}." for each in estimates.values())
        return Finding(table, estimates, [_chart(run, curves)], sentence)


def _table(curve: Curve) -> pd.DataFrame:
    band = curve.bands["original"]
    return pd.DataFrame(
        {"box": curve.box, "scale": curve.scales, "mean": band.mean, "low": band.low, "high": band.high}
    )


def _estimate(curve: Curve, index: int) -> Estimate:
    """The share at one of the scales of a curve."""
    band = curve.bands["original"]
    mean, low, high = (float(values[index]) for values in (band.mean, band.low, band.high))
    label = f"probes that revert at scale {curve.scales[index]:g}, {BOXES.get(curve.box, curve.box)}"
    return Estimate(mean, low, high, "of the probes", label)


def _chart(run: FinishedRun, curves: list[Curve]) -> Chart:
    colours = looks((curve.box for curve in curves), BOX_LOOKS)
    lines = [_line(curve, colours) for curve in curves]
    axis = scale_axis((scale for curve in curves for scale in curve.scales), run.measure.axis)
    text = "Mean share of the probes around the adversarials that have the original class, against the scale."
    return Chart("reverts", run.title, "probes that revert", text, [Panel(lines, x=axis, y=share_axis("share"))])


def _line(curve: Curve, colours: dict[str, Look]) -> Line:
    band, name = curve.bands["original"], BOXES.get(curve.box, curve.box)
    return Line(curve.scales, 100 * band.mean, name, colours[curve.box], 100 * band.low, 100 * band.high)
