"""Different data and models side by side, with the noise relative to the distortion and in grey levels.

Relative noise compares regions by the distortion that each attack needed; grey levels compare them by what an eye sees.
The two can disagree, for example between a regression on digits and a deep network on photographs.
"""

from collections.abc import Sequence

from advspace import FinishedRun
from advspace.analysis.appearance import around, looks
from advspace.analysis.chart import Axis, Chart, Panel, grid, scale_axis
from advspace.box import GREY_LEVELS
from advspace.comparison.grouping import pooled_curves, settings_alone
from advspace_plugins.analysis.shares.overlays import kept_axis, kept_line

Lines = dict[str, list[FinishedRun]]


def subjects(runs: Sequence[FinishedRun]) -> list[Chart]:
    """Share of the probes around adversarials that keep the target: a chart for each noise with several data or models.

    Args:
        runs: Runs with probes.
    """
    by_noise: dict[str, Lines] = {}
    for group in settings_alone(runs):
        members = [run for line in group.lines.values() for run in line]
        lines = by_noise.setdefault(members[0].called("noise"), {})
        subject = members[0].subject
        lines[group.name if subject in lines else subject] = members
    return [_chart(noise, lines) for noise, lines in by_noise.items() if _differ(lines)]


def _differ(lines: Lines) -> bool:
    """Whether the lines have different data or models."""
    return len({members[0].subject for members in lines.values()}) > 1


def _chart(noise: str, lines: Lines) -> Chart:
    curves = {subject: pooled_curves(members) for subject, members in lines.items()}
    known = [curve for several in curves.values() for curve in several if curve.center == "adversarial"]
    names, boxes = looks(lines), list(dict.fromkeys(curve.box for curve in known))
    relative = scale_axis((scale for curve in known for scale in curve.scales), known[0].measure.axis)
    grey = Axis("noise sd, grey levels", "log2")
    panels = {}
    for axis, in_grey in ((relative, False), (grey, True)):
        for box in boxes:
            drawn = [
                kept_line(curve, subject, names[subject], _grey_levels(lines[subject]) if in_grey else 1.0)
                for subject, several in curves.items()
                for curve in several
                if curve.center == "adversarial" and curve.box == box
            ]
            panels[axis.label, box] = Panel(drawn, around("adversarial", box), axis, kept_axis())
    text = "Share of the probes around adversarials that keep the target, in relative noise and in grey levels."
    file = "".join(letter if letter.isalnum() else "_" for letter in noise)
    return Chart(f"subjects_{file}", f"{noise} noise", "different data and models side by side", text, *grid(panels))


def _grey_levels(members: Sequence[FinishedRun]) -> float:
    """The noise sd at scale 1: the mean over attacks of the distortion's sd, in grey levels."""
    import pandas as pd

    return float(pd.concat([run.succeeded["sd"] for run in members]).mean()) * GREY_LEVELS
