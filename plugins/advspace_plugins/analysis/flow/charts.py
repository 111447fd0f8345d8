"""Stacked shares of the classes against the scale, and the entropy of the classes."""

from collections.abc import Sequence

import numpy as np

from advspace import FinishedRun
from advspace.analysis.appearance import BOX_LOOKS, BOXES, GREEN, GREY, OUTCOMES, PURPLE, SKY, Look, around, looks
from advspace.analysis.chart import Axis, Chart, Panel, grid, scale_axis, share_axis
from advspace.analysis.marks import Area, Line, Mark
from advspace.statistics.interval import Floats
from advspace.statistics.rounding import rounded_down, rounded_up
from advspace_plugins.analysis.flow.shares import Flow

COLOURS = (GREEN, PURPLE, SKY)
EDGE = Look("#444444", width=0.6)
BARS = (Look("#7A5300", width=0.7), Look("#00395B", width=0.7))
"""Bars at the upper edges of the original's class and of the target, in darker colours of these layers."""
LONG = 0.2
"""Median length of an edge's intervals above which only the edges of original and target have bars."""
LEAST = 0.01
"""Smallest distance of two edges that have bars of their own at a scale."""
APART = 2**0.1
"""Distance between the bars of two edges at one scale, as a factor."""
WIDTH = 2**0.25
"""Half of the width of the stack of a single scale, as a factor."""
STACK = (
    "Mean shares over images, stacked. Bars at the edges between the classes: 95 % over images, for each edge and "
    "scale by itself; edges less than 1 % apart have one bar."
)
WIDE = "Of so few images the intervals are long: only the edges of the original's class and of the target have bars."


def stack(run: FinishedRun, flows: Sequence[Flow], names: Sequence[str]) -> Chart:
    """A panel of stacked shares per center and box policy.

    Args:
        run: The run.
        flows: Mean shares of each curve.
        names: Names of the groups.
    """
    colours = [OUTCOMES["original"].colour, OUTCOMES["target"].colour, *COLOURS[: len(names) - 3], GREY]
    axis = scale_axis((scale for flow in flows for scale in flow.curve.scales), run.measure.axis)
    panels = {
        (flow.curve.center, flow.curve.box): Panel(
            _stacked(flow, names, colours), around(flow.curve.center, flow.curve.box), axis, share_axis("probes")
        )
        for flow in flows
    }
    text = f"Stacked shares of the probes by class: {', '.join(names)}."
    note = f"{STACK} {WIDE}" if any(_only_main(flow) for flow in flows) else STACK
    return Chart("flow", run.title, "which classes the probes go to", text, *grid(panels), note)


def _stacked(flow: Flow, names: Sequence[str], colours: Sequence[str]) -> list[Mark]:
    scales, edges = flow.curve.scales, flow.edges
    upper = np.hstack([edges[0], np.ones((len(scales), 1))])
    lower = np.hstack([np.zeros((len(scales), 1)), edges[0]])
    x = _wide(scales)
    marks: list[Mark] = []
    for group, (name, colour) in enumerate(zip(names, colours, strict=True)):
        low, high = (100 * _wide_values(each[:, group]) for each in (lower, upper))
        marks.append(Area(x, low, high, name, Look(colour), _texts(flow, group)))
    for edge in range(edges.shape[2]):
        mean, low, high = (100 * each[:, edge] for each in edges)
        apart = edges[0, :, edge] - edges[0, :, edge - 1] >= LEAST if edge else np.ones(len(scales), bool)
        places = np.where(apart, scales * APART ** (edge - edges.shape[2] // 2), np.nan)
        marks.append(Line(x, _wide_values(mean), look=EDGE))
        if edge < len(BARS) or not _only_main(flow):
            marks.append(_bars(places, low, high, BARS[edge] if edge < len(BARS) else EDGE))
    return marks


def _only_main(flow: Flow) -> bool:
    """Whether so many long bars would hide the layers."""
    return bool(np.median(flow.edges[2] - flow.edges[1]) > LONG)


def _bars(x: Floats, low: Floats, high: Floats, look: Look) -> Line:
    """A bar from end to end of each interval, as one line with gaps."""
    gaps = np.full(len(x), np.nan)
    return Line(np.stack([x, x, gaps], 1).ravel(), np.stack([low, high, gaps], 1).ravel(), look=look)


def _wide(scales: Floats) -> Floats:
    """The scales; of a single one both sides, because an area needs a width."""
    return scales if len(scales) > 1 else np.array([scales[0] / WIDTH, scales[0] * WIDTH])


def _wide_values(values: Floats) -> Floats:
    return values if len(values) > 1 else np.repeat(values, 2)


def _texts(flow: Flow, group: int) -> list[str]:
    ends = zip(*(100 * each[:, group] for each in (flow.mean, flow.low, flow.high)), strict=True)
    texts = [f"{mean:.3g} [{rounded_down(low)}, {rounded_up(high)}] %" for mean, low, high in ends]
    return texts if len(texts) > 1 else 2 * texts


def disorder(run: FinishedRun, flows: Sequence[Flow]) -> Chart:
    """Mean entropy of the classes against the scale: a panel per center, a line per box policy.

    Args:
        run: The run.
        flows: Mean shares of each curve.
    """
    colours = looks((flow.curve.box for flow in flows), BOX_LOOKS)
    axis = scale_axis((scale for flow in flows for scale in flow.curve.scales), run.measure.axis)
    top = min(flows[0].bits, max(1.0, *(float(flow.entropy[2].max()) for flow in flows)))
    bits = Axis("entropy, bits", limits=(-0.03 * top, 1.03 * top))
    by_center: dict[str, list[Mark]] = {}
    for flow in flows:
        name = BOXES.get(flow.curve.box, flow.curve.box)
        mean, low, high = flow.entropy
        line = Line(flow.curve.scales, mean, name, colours[flow.curve.box], low, high)
        by_center.setdefault(flow.curve.center, []).append(line)
    panels = {("", center): Panel(lines, around(center), axis, bits) for center, lines in by_center.items()}
    text = f"Mean entropy of the classes of an attack's probes; at most {flows[0].bits:.3g} bits."
    note = "Mean over images, with the correction of Miller & Madow; bands: 95 % over images, at each scale by itself."
    return Chart("entropy", run.title, "how many classes the probes spread over", text, *grid(panels), note)
