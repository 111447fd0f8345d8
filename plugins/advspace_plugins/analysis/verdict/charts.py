"""Shares of the shapes with their intervals, for one run and for several."""

from collections.abc import Mapping

from advspace import Estimate, FinishedRun
from advspace.analysis.appearance import BLUE, Look, around, looks
from advspace.analysis.chart import Axis, Chart, Panel, grid
from advspace.analysis.marks import Line, Mark, Points
from advspace.shapes import Frame
from advspace_plugins.analysis.verdict.attacks import FAR, NEAR, NEAR_SCALE

TITLES = {FAR: "far: the whole ladder", NEAR: f"near: scales up to {NEAR_SCALE:g}"}
SHARE = Axis("share of the attacks, %", limits=(-3, 103))
APART = 0.14
"""Distance between the marks of two runs, in rows."""
MOST_RUNS = 7
NOTE = (
    "Bars: 95 % over images (Clopper-Pearson). Flat: the draws keep what a flat boundary keeps; closing: less; "
    "non-convex: rays come back, or more is kept than a convex region can keep."
)


def chart(run: FinishedRun, center: str, told: Frame, shares: Mapping[str, Mapping[str, Estimate]]) -> Chart:
    """A panel per range, a row per shape."""
    panels = {
        ("", name): Panel(_marks(own, 0.0, Look(BLUE, "-", "o"), ""), TITLES[name], SHARE, _rows(own))
        for name, own in shares.items()
    }
    count = told["image_id"].nunique()
    text = "; ".join(f"{estimate.label}: {estimate}" for own in shares.values() for estimate in own.values())
    title = f"shape of the regions {around(center)}, {count} images"
    return Chart("verdict", run.title, title, f"{text}.", *grid(panels), NOTE)


def overview(runs: Mapping[str, Mapping[str, Estimate]], name: str) -> Chart:
    """The shares of several runs in one panel.

    Args:
        runs: Estimates by run and name.
        name: Range of the scales.
    """
    shown = dict(list(runs.items())[:MOST_RUNS])
    colours, marks, text = looks(shown), [], []
    for index, (run, estimates) in enumerate(shown.items()):
        own = {key.split("/")[-1]: value for key, value in estimates.items() if f"/{name}/" in key}
        marks += _marks(own, APART * ((len(shown) - 1) / 2 - index), colours[run], run)
        text += [f"{run}, {shape}: {estimate}" for shape, estimate in own.items()]
    more = f" The first {MOST_RUNS} of {len(runs)} runs." if len(runs) > MOST_RUNS else ""
    panel = Panel(marks, TITLES[name], SHARE, _rows(own))
    return Chart("verdicts", "", "shape of the regions, run by run", f"{'; '.join(text)}.", [panel], note=NOTE + more)


def _rows(own: Mapping[str, Estimate]) -> Axis:
    marks = tuple((float(len(own) - index), shape) for index, shape in enumerate(own))
    return Axis(marks=marks, limits=(0.4, len(own) + 0.6))


def _marks(own: Mapping[str, Estimate], shift: float, look: Look, name: str) -> list[Mark]:
    """A point with a bar for each shape."""
    heights = [len(own) - index + shift for index in range(len(own))]
    values = [100 * estimate.value for estimate in own.values()]
    bars: list[Mark] = [
        Line([100 * estimate.low, 100 * estimate.high], [height, height], look=Look(look.colour, "-"))
        for height, estimate in zip(heights, own.values(), strict=True)
    ]
    texts = [f"{shape}: {100 * estimate.value:.0f} %" for shape, estimate in own.items()]
    return [*bars, Points(values, heights, name, Look(look.colour, "", look.marker), texts)]
