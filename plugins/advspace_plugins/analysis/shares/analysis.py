"""The paper's curve: the share of the probes that keep their class, against the scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from advspace import Analysis, Finding, FinishedRun
from advspace.analysis.appearance import NAMES, OUTCOMES, around, number
from advspace.analysis.chart import Axis, Chart, Panel, grid, scale_axis, share_axis
from advspace.analysis.curves import Curve
from advspace.analysis.marks import Line, Rule
from advspace.shapes import Frame
from advspace_plugins.analysis.shares.overlays import every_run, overlays
from advspace_plugins.analysis.shares.subjects import subjects

BANDS = "Mean over images; bands: 95 % over images, at each scale by itself (pointwise)."


@dataclass(frozen=True)
class Shares(Analysis):
    """The mean share of each outcome at every scale, with its bands over images.

    The table has one row per center, box policy, scale and outcome: `mean`, `low` and `high` (shares in [0, 1]),
    `simultaneous_low` and `simultaneous_high`, `images`, `attacks`, and `clipped`, the mean share of the pixels that
    the clip changed.  The band from `low` to `high` holds the truth with 95 % at each scale by itself; it is the one
    that figures draw.  The simultaneous band holds the whole curve of one outcome with 95 %.

    Source: Tabacof & Valle 2015, arXiv:1510.05328, figures 3 and 4.
    """

    title = "Classes of the probes"
    order = 20
    needs = frozenset({"images", "probes"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Average over the attacks of an image, then over images."""
        import pandas as pd

        if not run.curves:
            return Finding(sentence="There is no scale at which all attacks were probed: see the table of probes.")
        return Finding(
            pd.concat([_table(curve) for curve in run.curves], ignore_index=True),
            charts=[_chart(run)],
            sentence=" ".join(_sentence(curve, run.measure.unit) for curve in run.curves if curve.center != "original"),
        )

    def compare(self, runs: Sequence[FinishedRun]) -> Finding | None:
        """Overlay curves that differ in one thing: noise, model, attack or box policy."""
        charts = [*overlays(runs), *subjects(runs)] or every_run(runs)
        return Finding(charts=charts, sentence=BANDS) if charts else None


def _chart(run: FinishedRun) -> Chart:
    axis = scale_axis((scale for curve in run.curves for scale in curve.scales), run.measure.axis)
    panels = {(curve.center, curve.box): _panel(curve, axis) for curve in run.curves}
    text = "; ".join(f"{around(curve.center, curve.box)}: half are lost at {curve.half}" for curve in run.curves)
    count = max(curve.images for curve in run.curves)
    note = (
        f"Mean over {count} images; bands: 95 % over images, at each scale by itself (pointwise); "
        "the table has the simultaneous bands too. Vertical line: half of the probes have lost the center's class."
    )
    return Chart(
        "shares", run.title, f"{count} images", f"Share of the probes per outcome. {text}.", *grid(panels), note
    )


def _panel(curve: Curve, axis: Axis) -> Panel:
    lines = [
        Line(curve.scales, 100 * band.mean, NAMES[name], look, 100 * band.low, 100 * band.high)
        for name, look in OUTCOMES.items()
        for band in [curve.bands[name]]
    ]
    rule = [] if curve.half.censored else [Rule(curve.half.scale, f"half lost at {number(curve.half.scale)}")]
    return Panel([*lines, *rule], around(curve.center, curve.box), axis, share_axis("share of probes"))


def _table(curve: Curve) -> Frame:
    import pandas as pd

    columns = {"clipped": curve.clipped, "images": curve.images, "attacks": len(curve.halves)}
    parts = [
        pd.DataFrame({"scale": curve.scales, "outcome": name} | vars(curve.bands[name]) | columns) for name in OUTCOMES
    ]
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "box", curve.box)
    table.insert(0, "center", curve.center)
    return table


def _sentence(curve: Curve, unit: str) -> str:
    band = curve.bands[curve.kept]
    low, high = 100 * band.mean[0], 100 * band.mean[-1]
    ends = f"{number(curve.scales[0])} and {number(curve.scales[-1])} {unit}"
    subject = around(curve.center, curve.box).capitalize()
    return f"{subject}, {low:.0f} and {high:.0f} % of the probes keep the {curve.kept} class at {ends}."
