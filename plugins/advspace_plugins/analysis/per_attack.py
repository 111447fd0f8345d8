"""Every attack by itself: the paper's point is how much they differ."""

from dataclasses import dataclass

import numpy as np

from advspace import Analysis, Finding, FinishedRun
from advspace.analysis.appearance import around, ticks
from advspace.analysis.chart import Axis, Chart, Panel, grid
from advspace.analysis.curves import Curve
from advspace.analysis.marks import Heat


@dataclass(frozen=True)
class PerAttack(Analysis):
    """A map of the share of the probes that keep their class: one row per attack, one column per scale.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, the discussion of single images.
    """

    title = "Every attack by itself"
    order = 40
    needs = frozenset({"images", "probes"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Draw the map; the attack that loses most is on top."""
        if not run.curves:
            return Finding()
        panels = {(curve.center, curve.box): _panel(curve) for curve in run.curves}
        text = "Share of the probes that keep their class, a row per attack and a column per scale."
        note = "A row per attack; the attack that loses most is on top."
        return Finding(charts=[Chart("images", run.title, "every attack by itself", text, *grid(panels), note)])


def _panel(curve: Curve) -> Panel:
    kept = curve.shares[curve.kept]
    order = np.argsort(kept.mean(1), kind="stable")
    rows = [f"{curve.image_ids[index]} → {curve.targets[index]}" for index in order]
    heat = Heat(100 * kept[order], ticks(curve.scales), rows, "probes that keep their class, %")
    return Panel([heat], around(curve.center, curve.box), Axis(curve.measure.axis), Axis("attack"))
