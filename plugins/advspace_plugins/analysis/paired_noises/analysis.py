"""Each image under Gaussian noise and under noise from its distortion's histogram: the paper's last figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import BLUE, BOXES, GREY, ORANGE, Look, number
from advspace.analysis.chart import Axis, Chart, Panel, grid, share_axis
from advspace.analysis.marks import Line, Mark, Points
from advspace.comparison.grouping import groups
from advspace.shapes import Frame
from advspace.statistics.paired import paired_mean
from advspace_plugins.analysis.paired_noises.pairs import EMPIRICAL, GAUSSIAN, Pairs, paired, regression

NOTE = (
    "Each point is an adversarial: the share of its probes that keep the target. Dotted: the same share under both. "
    "Dashed: least squares, 95 % over images."
)
PairsByPanel = dict[tuple[str, str], Pairs]
"""Pairs by group of runs and box policy."""


@dataclass(frozen=True)
class PairedNoises(Analysis):
    """Runs that differ in the noise alone, Gaussian and empirical: the share that each image keeps under both.

    Each adversarial is a point; the line is least squares over images, its band 95 % by bootstrap over images.  The
    table has one row per group of runs and box policy: `scale`, at which the share under Gaussian noise is nearest to
    half, `images`, and `difference` (empirical minus Gaussian, in shares) with `low` and `high` (95 %, bootstrap-t).

    Source: Tabacof & Valle 2015, arXiv:1510.05328, figure 5.
    """

    title = "Gaussian noise against the distortion's own histogram"
    order = 70
    needs = frozenset({"images", "probes"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Empty: one run has one noise, so there is nothing to pair."""
        del run
        return Finding()

    def compare(self, runs: Sequence[FinishedRun]) -> Finding | None:
        """Pair the images of the runs."""
        both = [group for group in groups(runs, "noise") if {GAUSSIAN, EMPIRICAL} <= group.lines.keys()]
        result = {(group.name, box): pairs for group in both for box, pairs in paired(group).items()}
        if not result:
            return None
        rows = {panel: _difference(pairs) for panel, pairs in result.items()}
        titles = len({name for name, _ in result}) > 1
        panels = {
            (name, box): _panel(f"{name}\n" if titles else "", box, pairs, rows[name, box])
            for (name, box), pairs in result.items()
        }
        text = "; ".join(f"{name}, {box}: empirical - Gaussian {rows[name, box]}" for name, box in result)
        names = list(dict.fromkeys(name for name, _ in result))
        subject = "" if titles else names[0]
        chart = Chart("gaussian_empirical", subject, "each adversarial under both noises", text, *grid(panels), NOTE)
        return Finding(_table(result, rows), charts=[chart], sentence=_sentence(rows))


def _difference(pairs: Pairs) -> Estimate:
    mean = paired_mean(pairs.empirical - pairs.gaussian, (-1.0, 1.0))
    return Estimate(mean.mean, *mean.interval(), "of the probes", "empirical - Gaussian")


def _table(result: PairsByPanel, rows: dict[tuple[str, str], Estimate]) -> Frame:
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "group": name,
                "box": box,
                "scale": pairs.scale,
                "images": len(pairs.gaussian),
                "difference": rows[name, box].value,
                "low": rows[name, box].low,
                "high": rows[name, box].high,
            }
            for (name, box), pairs in result.items()
        ]
    )


def _panel(group: str, box: str, pairs: Pairs, difference: Estimate) -> Panel:
    marks: list[Mark] = [Line([0, 100], [0, 100], look=Look(GREY, ":"))]
    fitted = regression(pairs)
    if fitted is not None:
        along, line, low, high = (100 * values for values in fitted)
        marks.append(Line(along, line, look=Look(ORANGE, "--"), low=low, high=high))
    x, y = 100 * pairs.gaussian, 100 * pairs.empirical
    texts = [f"Gaussian {one:.1f} %, empirical {other:.1f} %" for one, other in zip(x, y, strict=True)]
    marks.append(Points(x, y, look=Look(BLUE, "", "o"), texts=texts))
    note = f"empirical - Gaussian, points:\n{_points(difference)}\n{len(x)} images"
    title = f"{group}{BOXES.get(box, box)}, at scale {number(pairs.scale)}"
    return Panel(marks, title, _kept(GAUSSIAN), _kept(EMPIRICAL), note, square=True)


def _kept(noise: str) -> Axis:
    return share_axis(f"kept under {noise} noise")


def _points(difference: Estimate) -> str:
    """A difference of shares, in percentage points."""
    value, low, high = (100 * number for number in (difference.value, difference.low, difference.high))
    return f"{value:+.1f} [{low:+.1f}, {high:+.1f}]"


def _sentence(rows: dict[tuple[str, str], Estimate]) -> str:
    texts = [
        f"{name}, {BOXES.get(box, box)}: the share of the probes that keep the target is {_points(row)} points higher "
        "under empirical than under Gaussian noise."
        for (name, box), row in rows.items()
    ]
    return " ".join(texts)
