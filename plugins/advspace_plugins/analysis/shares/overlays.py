"""Curves of several runs overlaid: one chart per question that the runs can answer."""

from collections.abc import Sequence

from advspace import FinishedRun
from advspace.analysis.appearance import BOX_LOOKS, BOXES, Look, around, looks
from advspace.analysis.chart import Axis, Chart, Panel, grid, scale_axis, share_axis
from advspace.analysis.curves import Curve
from advspace.analysis.marks import Line
from advspace.comparison.grouping import groups, pooled_curves, settings_alone, told_apart

QUESTIONS = {
    "noise": ("noises", "which noise loses the region first"),
    "model": ("models", "which model's regions reach further"),
    "attack": ("attacks", "which attack's images lie deeper"),
}
CLIP = ("clip", "what the clip at the box does")
MOST_LINES = 14
"""More lines in one panel are not readable."""

CurvesByPanel = dict[tuple[str, str], dict[str, Curve]]
"""Curves by row and column of their panel, then by name."""


def overlays(runs: Sequence[FinishedRun]) -> list[Chart]:
    """A chart per question that the runs can answer.

    Args:
        runs: Runs with probes.
    """
    charts = [_chart(*QUESTIONS[axis], _by_axis(runs, axis)) for axis in QUESTIONS]
    charts += [_chart(*CLIP, _by_box(runs), {BOXES[box]: look for box, look in BOX_LOOKS.items()})]
    return [chart for chart in charts if chart is not None]


def every_run(runs: Sequence[FinishedRun]) -> list[Chart]:
    """A chart of all runs, unless there are too many."""
    if len(runs) > MOST_LINES:
        return []
    result: CurvesByPanel = {}
    for name, run in zip(told_apart(runs), runs, strict=True):
        for curve in run.curves:
            result.setdefault(("every run", around(curve.center, curve.box)), {})[name] = curve
    chart = _chart("runs", "side by side", result)
    return [] if chart is None else [chart]


def _by_axis(runs: Sequence[FinishedRun], axis: str) -> CurvesByPanel:
    """Lines that differ by `axis` alone: a row per group, a column per center and box policy."""
    result: CurvesByPanel = {}
    for group in groups(runs, axis):
        for line, members in group.lines.items():
            for curve in pooled_curves(members):
                result.setdefault((group.name, around(curve.center, curve.box)), {})[line] = curve
    return result


def _by_box(runs: Sequence[FinishedRun]) -> CurvesByPanel:
    """A line per box policy: a row per group, a column per center."""
    result: CurvesByPanel = {}
    for group in settings_alone(runs):
        for curve in (curve for members in group.lines.values() for curve in pooled_curves(members)):
            panel = (group.name, around(curve.center))
            result.setdefault(panel, {})[BOXES.get(curve.box, curve.box)] = curve
    return result


def _chart(name: str, question: str, by_panel: CurvesByPanel, known: dict[str, Look] | None = None) -> Chart | None:
    """A chart of the panels with more than one line; None if there is none."""
    several = {panel: lines for panel, lines in by_panel.items() if len(lines) > 1}
    if not several:
        return None
    names = looks((line for lines in several.values() for line in lines), known)
    curves = [curve for lines in several.values() for curve in lines.values()]
    axis = scale_axis((scale for curve in curves for scale in curve.scales), curves[0].measure.axis)
    rows = list(dict.fromkeys(row for row, _ in several))
    panels = {
        (row, column): _panel(f"{row}\n{column}" if len(rows) > 1 else column, lines, names, axis)
        for (row, column), lines in several.items()
    }
    subject = rows[0] if len(rows) == 1 else ""
    text = "; ".join(
        f"{row}, {column}: " + ", ".join(f"{line} loses half at {curve.half}" for line, curve in lines.items())
        for (row, column), lines in several.items()
    )
    return Chart(name, subject, question, f"Share of the probes that keep their class. {text}.", *grid(panels))


def _panel(title: str, lines: dict[str, Curve], names: dict[str, Look], axis: Axis) -> Panel:
    return Panel([kept_line(curve, line, names[line]) for line, curve in lines.items()], title, axis, kept_axis())


def kept_line(curve: Curve, name: str, look: Look, unit: float = 1.0) -> Line:
    """The share that keeps its class, with its band; scales are multiplied by `unit`."""
    band = curve.bands[curve.kept]
    return Line(curve.scales * unit, 100 * band.mean, name, look, 100 * band.low, 100 * band.high)


def kept_axis() -> Axis:
    """The share that keeps its class."""
    return share_axis("share that keeps its class")
