"""Which curves are laid over one another, panel by panel."""

from advspace.analysis.appearance import BOXES, around
from advspace.analysis.curves import Curve
from advspace.comparison.comparison import Comparison
from advspace.comparison.grouping import groups, settings_alone

Panel = tuple[str, str]
"""Row and column."""


Panels = dict[Panel, dict[str, Curve]]
"""Curves to lay over one another, by panel and by what each is called."""


TITLES = {
    "noise": "which noise loses the region first",
    "model": "which model's regions reach further",
    "attack": "which attack's images lie deeper",
    "box": "what the clip at the box does",
}


def panels_of(comparison: Comparison, axis: str) -> Panels:
    """Panels in which one line differs from the next by `axis` alone: a row per group, a column per center and box."""
    result: Panels = {}
    for group in groups(comparison, axis):
        for line, runs in group.lines.items():
            for curve in comparison.curves_of(*runs):
                result.setdefault((group.name, around(curve.center, curve.box)), {})[line] = curve
    return {panel: lines for panel, lines in result.items() if len(lines) > 1}


def box_panels(comparison: Comparison) -> Panels:
    """Panels with a line per box policy: a row per group, a column per center."""
    result: Panels = {}
    for group in settings_alone(comparison):
        for curve in (curve for runs in group.lines.values() for curve in comparison.curves_of(*runs)):
            panel = (group.name, f"around the {curve.center}")
            result.setdefault(panel, {})[BOXES.get(curve.box, curve.box)] = curve
    return {panel: lines for panel, lines in result.items() if len(lines) > 1}
