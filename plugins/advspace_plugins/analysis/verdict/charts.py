"""Shares of the shapes with their intervals, for one run and for several."""

from collections.abc import Mapping, Sequence

from advspace import Estimate, FinishedRun
from advspace.analysis.appearance import BLUE, Look, around
from advspace.analysis.chart import Axis, Chart, Panel, grid
from advspace.analysis.forest import interval_bars, row_axis, row_heights
from advspace.shapes import Frame
from advspace_plugins.analysis.verdict.attacks import FAR, NEAR, NEAR_SCALE

RANGES = {FAR: "over all scales", NEAR: f"up to scale {NEAR_SCALE:g}"}
"""Names of the ranges of scales."""
SHARE = Axis("share of the attacks, %", limits=(-3, 103))
LOOK = Look(BLUE, "-", "o")
MOST_RUNS = 24
"""Most rows of a panel."""
NOTE = (
    "Bars: 95 % over images (Clopper-Pearson). Flat: the draws keep what a flat boundary keeps; closing: less; "
    "non-convex: rays come back, or more is kept than a convex region can keep."
)


def chart(run: FinishedRun, center: str, told: Frame, shares: Mapping[str, Mapping[str, Estimate]]) -> Chart:
    """A panel per range, a row per shape."""
    panels = {("", name): _panel(own, RANGES[name]) for name, own in shares.items()}
    count = told["image_id"].nunique()
    text = "; ".join(f"{estimate.label}: {estimate}" for own in shares.values() for estimate in own.values())
    title = f"shape of the regions {around(center)}, {count} images"
    return Chart("verdict", run.title, title, f"{text}.", *grid(panels), NOTE)


def overview(runs: Sequence[tuple[str, Mapping[str, Estimate]]], name: str) -> Chart:
    """A panel per shape, a row per run.

    Args:
        runs: Name and headline of each run.
        name: Range of the scales.
    """
    shown = runs[:MOST_RUNS]
    by_shape: dict[str, dict[str, Estimate]] = {}
    for run, estimates in shown:
        for key, estimate in estimates.items():
            if f"/{name}/" in key:
                by_shape.setdefault(key.split("/")[-1], {})[run] = estimate
    panels: list[Panel | None] = [_panel(own, shape) for shape, own in by_shape.items()]
    text = "; ".join(f"{run}, {shape}: {value}" for shape, own in by_shape.items() for run, value in own.items())
    more = f" The first {MOST_RUNS} of {len(runs)} runs." if len(runs) > MOST_RUNS else ""
    title = f"shape of the regions, {RANGES[name]}"
    return Chart("verdicts", "", title, f"{text}.", panels, 2, NOTE + more)


def _panel(own: Mapping[str, Estimate], title: str) -> Panel:
    """A point with a bar for each row, in percent."""
    heights = row_heights(own)
    values, low, high = ([100 * getattr(each, end) for each in own.values()] for end in ("value", "low", "high"))
    texts = [f"{row}: {value:.0f} %" for row, value in zip(own, values, strict=True)]
    bars = interval_bars(values, low, high, list(heights.values()), LOOK, texts=texts)
    return Panel(bars, title, SHARE, row_axis(heights))
