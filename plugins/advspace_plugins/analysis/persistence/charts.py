"""The persistence of each attack at each level, in its order."""

from collections.abc import Sequence

import numpy as np

from advspace import FinishedRun
from advspace.analysis.appearance import CYCLE, Look, around
from advspace.analysis.chart import Chart, Panel, grid, scale_axis, share_axis
from advspace.analysis.marks import Points
from advspace_plugins.analysis.persistence.reaches import Around

CENSORED = {"below": "<", "above": ">"}
"""Markers of attacks whose persistence lies beyond an end of the scales."""
APART = 0.25
"""Distance between the levels of one attack, as a share of that between attacks, so that no interval covers another."""


def chart(run: FinishedRun, found: Sequence[Around]) -> Chart:
    """A panel per center and box policy, a set of points per level.

    Args:
        run: The run.
        found: Persistence around each center with each box policy.
    """
    axis = scale_axis(
        (scale for each in found for scale in each.curve.scales if scale > 0), f"persistence ({run.measure.axis})"
    )
    panels = {
        (each.curve.center, each.curve.box): Panel(
            [_points(run, each, level, index) for index, level in enumerate(each.attacks)],
            around(each.curve.center, each.curve.box),
            axis,
            share_axis("attacks"),
        )
        for each in found
    }
    text = (
        "Share of the attacks whose persistence is at most a scale: the largest at which a share of the probes stays."
    )
    note = (
        "Each point is an attack, with its 95 % interval. Triangles at an end of the axis: the persistence lies beyond "
        "it. An interval that ends there goes on. The levels of one attack are drawn a little below each other."
    )
    return Chart("persistence", run.title, "persistence of each attack", text, *grid(panels), note)


def _points(run: FinishedRun, each: Around, level: float, number: int) -> Points:
    look = CYCLE[number % len(CYCLE)]
    reach, curve = each.attacks[level].value, each.curve
    heights = np.argsort(np.argsort(reach.order, kind="stable"))
    order = np.lexsort((reach.order, reach.censored != ""))  # the legend has the marker of the first
    states = reach.censored[order]
    estimates = [each.attacks[level].estimate(int(row), run.measure.unit) for row in order]
    texts = [
        f"{curve.image_ids[row]}: keeps {100 * level:g} % up to {estimate}"
        for row, estimate in zip(order, estimates, strict=True)
    ]
    return Points(
        reach.scale[order],
        100 * (1 + heights[order] - APART * number) / len(order),
        f"keeps {100 * level:g} %",
        Look(look.colour, "", look.marker),
        texts,
        [CENSORED.get(str(state), look.marker) for state in states],
        [estimate.low for estimate in estimates],
        [estimate.high for estimate in estimates],
    )
