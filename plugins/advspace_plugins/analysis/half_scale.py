"""How far regions reach: the scale at which half of the probes are lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import BOX_LOOKS, BOXES, Look, around, beside, looks
from advspace.analysis.chart import Chart, Panel, grid, scale_axis, share_axis
from advspace.analysis.curves import Curve
from advspace.analysis.marks import Points
from advspace.shapes import Frame
from advspace.statistics.half_scale import HalfScale

CENSORED = {"below": "<", "above": ">"}
"""Markers of attacks whose half scale lies beyond an end of the scales."""


@dataclass(frozen=True)
class HalfScales(Analysis):
    """The scale at which half of the probes are lost: of the mean curve, with its 95 % interval, and of each attack.

    The interval holds the scales at which the mean over images may be one half (Student's test).

    The table has one row per attack, center and box policy: `half_scale`, and `censored`: `below` if half is lost
    already at the lowest scale, `above` if more than half is kept at the highest.
    """

    title = "Where half of the probes are lost"
    order = 30
    needs = frozenset({"images", "probes"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Find where each curve falls to one half."""
        import pandas as pd

        if not run.curves:
            return Finding()
        estimates = {f"half_scale/{curve.center}/{curve.box}": _estimate(curve) for curve in run.curves}
        return Finding(
            pd.concat([_table(curve) for curve in run.curves], ignore_index=True),
            estimates,
            [_chart(run)],
            " ".join(_sentence(curve) for curve in run.curves if curve.center != "original"),
            _beside_attacks(run.curves),
            list(estimates),
        )


def _estimate(curve: Curve) -> Estimate:
    """The half scale of the mean curve; the interval always contains it."""
    low, high = min(curve.half_low, curve.half, key=_order), max(curve.half_high, curve.half, key=_order)
    return Estimate(
        curve.half.scale,
        low.scale,
        high.scale,
        curve.measure.unit,
        f"half scale {around(curve.center, curve.box)}",
        curve.half.censored,
        low.censored,
        high.censored,
    )


def _order(half: HalfScale) -> tuple[int, float]:
    return half.order


def _table(curve: Curve) -> Frame:
    import pandas as pd

    return pd.DataFrame(
        {
            "image_id": curve.image_ids,
            "target": curve.targets,
            "center": curve.center,
            "box": curve.box,
            "half_scale": [half.scale for half in curve.halves],
            "censored": [half.censored for half in curve.halves],
        }
    )


def _beside_attacks(curves: Sequence[Curve]) -> Frame:
    """A column per box policy: half scales around adversarials, or around originals if only these were probed."""
    import pandas as pd

    shown = [curve for curve in curves if curve.center != "original"] or curves
    columns = []
    for curve in shown:
        values = [Estimate(half.scale, unit=curve.measure.unit, censored=half.censored) for half in curve.halves]
        name = f"half scale, {beside(curve.center, curve.box)}"
        keys = pd.MultiIndex.from_arrays([curve.image_ids, curve.targets], names=["image_id", "target"])
        columns.append(pd.Series(values, keys, name=name))
    return pd.concat(columns, axis=1).reset_index()


def _chart(run: FinishedRun) -> Chart:
    """One point per attack, in the order of their half scales."""
    colours = looks((curve.box for curve in run.curves), BOX_LOOKS)
    scales = (scale for curve in run.curves for scale in curve.scales)
    axis, lost = (
        scale_axis(scales, f"half scale of an attack ({run.measure.axis})"),
        share_axis("attacks that lost half"),
    )
    by_center: dict[str, list[Curve]] = {}
    for curve in run.curves:
        by_center.setdefault(curve.center, []).append(curve)
    panels = {
        ("", center): Panel([_points(run, curve, colours[curve.box]) for curve in curves], around(center), axis, lost)
        for center, curves in by_center.items()
    }
    text = "Share of the attacks that have lost half of their probes, against the scale."
    note = "Each point is an attack. Triangles at an end of the axis: the half scale lies beyond it."
    return Chart("half_scales", run.title, "half scale of each attack", text, *grid(panels), note)


def _points(run: FinishedRun, curve: Curve, look: Look) -> Points:
    order = sorted(range(len(curve.halves)), key=lambda index: curve.halves[index].order)
    labels = dict(zip(run.images["image_id"], run.images["label"], strict=True))
    halves = [curve.halves[index] for index in order]
    texts = [
        f"{curve.image_ids[index]}: {run.class_name(labels[curve.image_ids[index]])} → "
        f"{run.class_name(curve.targets[index])}; half lost at {curve.halves[index]}"
        for index in order
    ]
    return Points(
        [half.scale for half in halves],
        100 * (1 + np.arange(len(halves))) / len(halves),
        BOXES.get(curve.box, curve.box),
        Look(look.colour, "", look.marker),
        texts,
        [CENSORED.get(half.censored, look.marker) for half in halves],
    )


def _sentence(curve: Curve) -> str:
    attacks = len(curve.halves)
    kept = sum(half.censored == "above" for half in curve.halves)
    of_attacks = f"{kept} of {attacks} attacks never lose half" if kept else f"all {attacks} attacks lose half"
    subject = around(curve.center, curve.box).capitalize()
    end = f"{curve.half.scale:.3g} {curve.measure.unit}"
    text = {
        "": f"half of the probes are lost at {end}",
        "above": f"more than half of the probes are kept at every scale, up to {end}",
        "below": f"half of the probes are lost already at the lowest scale, {end}",
    }[curve.half.censored]
    return f"{subject}, {text}; {of_attacks} (median {curve.median_half})."
