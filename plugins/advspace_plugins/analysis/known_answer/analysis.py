"""Measured shares beside the exact ones, for models with a known answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import BLUE, VERMILION, Look, around
from advspace.analysis.chart import Chart, Panel, grid, scale_axis, share_axis
from advspace.analysis.curves import Curve
from advspace.analysis.marks import Line
from advspace.comparison.grouping import told_apart
from advspace.shapes import Frame
from advspace.statistics.bootstrap import percentile_interval
from advspace_plugins.analysis.known_answer.answers import exact_shares, known_answer
from advspace_plugins.analysis.known_answer.truths import beside_truth

MEASURED, EXACT = Look(BLUE, "", "o"), Look(VERMILION, "-")
NOTE = "Points with bands: share kept, mean over images with 95 % (pointwise). Line: exact."
PLACE = "around the adversarial (tight, if it was probed), not clipped"
ENOUGH = 5.0
"""Least expected number of draws kept, and lost, of a cell whose error is judged by its standard error."""


@dataclass(frozen=True)
class KnownAnswers(Analysis):
    """The exact share of the noisy images that keep their class, beside the measured one; for models such as `lab`.

    The table has one row per attack, center, box policy and scale: `draws`, `kept` and `exact`, the exact share.  The
    headline is the root mean square of (kept - expected) / standard error over all cells with 5 expected draws or more
    on either side: 1 if draws are right and independent, less in pairs of mirror images.
    """

    title = "Beside the known answer"
    order = 22
    needs = frozenset({"images", "probes.n_original", "probes.n_target", "tensors"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Compare the shares; empty for a model without a known answer."""
        known = known_answer(run)
        table = None if known is None else exact_shares(run, known)
        if table is None or table.empty:
            return Finding()
        panels = {(curve.center, curve.box): _panel(run, curve, table) for curve in run.curves}
        error = _error(table)
        chart = Chart("known_answer", run.title, "beside the known answer", _text(error), *grid(panels), NOTE)
        return Finding(table, {"known_answer/error": error}, [chart], _text(error))

    def compare(self, runs: Sequence[FinishedRun]) -> Finding | None:
        """One panel per run, around the last center that is not the original, not clipped; and estimates beside truths.

        The table has one row per run, center and quantity of `half_space`: `truth` and `estimate`, means over images,
        with `low` and `high`, the 95 % interval of their difference added to the truth.
        """
        import pandas as pd

        panels: list[Panel | None] = []
        tables: list[Frame] = []
        for name, run in zip(told_apart(runs), runs, strict=True):
            known = known_answer(run)
            curves = [curve for curve in run.curves if curve.center != "original" and curve.box == "none"]
            if known is not None and curves and len(exact := exact_shares(run, known)):
                panels.append(replace(_panel(run, curves[-1], exact), title=name))
                tables.append(beside_truth(run, known).assign(run=name))
        if len(panels) < 2:
            return None
        table = pd.concat(tables, ignore_index=True)
        charts = [Chart("known_answers", "", f"regions, {PLACE}", NOTE, panels, 3, NOTE)]
        return Finding(table, charts=charts, sentence=_missed(table))


def _missed(table: Frame) -> str:
    """How many intervals hold the truth."""
    if table.empty:
        return ""
    held = int(((table["low"] <= table["truth"]) & (table["truth"] <= table["high"])).sum())
    return f"Of {len(table)} estimates of distance, curvature and corner (half_space), {held} hold the truth in 95 %."


def _error(table: Frame) -> Estimate:
    """Root mean square of the errors in standard errors."""
    expected = table["draws"] * table["exact"]
    judged = table[(expected >= ENOUGH) & (table["draws"] - expected >= ENOUGH)]
    expected, share = expected[judged.index], judged["exact"]
    squares = (judged["kept"] - expected) ** 2 / (expected * (1 - share))
    by_image = squares.groupby(judged["image_id"]).mean().to_numpy()
    ends = percentile_interval(by_image)
    value, low, high = (float(np.sqrt(each)) for each in (by_image.mean() if len(by_image) else np.nan, *ends))
    return Estimate(value, low, high, "standard errors", "error of the shares beside the known answer")


def _text(error: Estimate) -> str:
    return f"The shares differ from the exact ones by {error} standard errors (root mean square; 95 % over images)."


def _panel(run: FinishedRun, curve: Curve, table: Frame) -> Panel:
    own = table[(table["center"] == curve.center) & (table["box"] == curve.box)]
    exact = own.groupby(["image_id", "scale"])["exact"].mean().groupby("scale").mean()
    band, axis = curve.bands[curve.kept], scale_axis(curve.scales, run.measure.axis)
    marks = [
        Line(exact.index.to_numpy(), 100 * exact.to_numpy(), "exact", EXACT),
        Line(curve.scales, 100 * band.mean, "measured", MEASURED, 100 * band.low, 100 * band.high),
    ]
    return Panel(marks, around(curve.center, curve.box), axis, share_axis("share kept"))
