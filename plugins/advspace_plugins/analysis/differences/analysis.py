"""Differences with intervals: between runs that differ in one thing, and between the box policies of a run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import BOXES, CENTERS
from advspace.checks import above
from advspace.errors import AdvspaceError
from advspace.statistics.paired import Mean
from advspace_plugins.analysis.differences.charts import curves, forests
from advspace_plugins.analysis.differences.rows import HALF_SCALE, Row, rows_of
from advspace_plugins.analysis.differences.table import table_of
from advspace_plugins.analysis.differences.words import OTHER, sentence


@dataclass(frozen=True)
class Differences(Analysis):
    """Mean differences over images between two runs that differ in one plugin, or between two box policies of a run.

    The table has one row per difference.  `axis` is what differs, `group` what both share, `pair` which is subtracted
    from which.  `quantity` is `half scale` (octaves: log2 of the ratio), `share kept` (at `scale`), or the name of a
    number that each attack has: `success`, `l2`, `on_box`, `evaluations`, `<analysis>: <column>`.

    `difference` is the mean over images, `low` and `high` its interval (hull of bootstrap-t, Student's t and Hall's
    transformation).  `p` is against no difference, `p_equivalent_holm` of two one-sided tests, `p_beyond_holm` against
    a difference within the margin.  A family of Holm's adjustment is the rows of one quantity.  `different` is `yes` or
    `undecided`, `equivalent` `yes`, `no` or `undecided`.  `images_for_difference` would show this difference with power
    0.9, `images_for_equivalence` would show equivalence, if there is no difference.

    `paired` is `no` if fewer than half of the images are in both.  `images` and `other_images` are those used,
    `unshared` those of one side alone, `censored` the attacks with a half scale beyond the ladder, whose end is used,
    `left_out` the attacks with both beyond the same end, or without a number.

    Args:
        equivalence: Largest difference of half scales that does not matter, octaves.
        confidence: Coverage of the intervals in table and charts; the level of the tests is one minus it.

    Raises:
        AdvspaceError: a setting is out of its range.
    """

    equivalence: float = 0.25
    confidence: float = 0.95

    title = "Differences, paired over images"
    order = 35
    needs = frozenset({"images", "probes"})

    def __post_init__(self) -> None:
        above("equivalence", self.equivalence, 0)
        if not 0.5 <= self.confidence < 1:
            raise AdvspaceError(f"confidence must be >= 0.5 and < 1, got {self.confidence}")

    def __call__(self, run: FinishedRun) -> Finding:
        """Compare the box policies of a run."""
        rows = rows_of([run])
        if not rows:
            return Finding()
        table = table_of(rows, self.equivalence, self.confidence)
        estimates = {_name_in_run(row): _in_run(row, estimate) for row, estimate in _headline(rows)}
        return Finding(table, estimates, sentence=sentence(table, self.equivalence, self.confidence))

    def compare(self, runs: Sequence[FinishedRun]) -> Finding | None:
        """Compare runs that differ in one thing, and the box policies of each."""
        rows = rows_of(runs) if len(runs) > 1 else []
        if not rows:
            return None
        table = table_of(rows, self.equivalence, self.confidence)
        charts = [
            *forests(table, self.equivalence, self.confidence),
            *curves(table, self.confidence, runs[0].measure.axis),
        ]
        estimates = {_name(row): estimate for row, estimate in _headline(rows)}
        return Finding(table, estimates, charts, sentence(table, self.equivalence, self.confidence))


def _headline(rows: Sequence[Row]) -> list[tuple[Row, Estimate]]:
    """The differences of half scales, with 95 % intervals; around originals only in the table."""
    shown = [row for row in rows if row.quantity == HALF_SCALE and row.center != OTHER]
    return [(row, _estimate(row, row.difference.mean)) for row in shown if row.difference.mean is not None]


def _name(row: Row) -> str:
    parts = "octaves", row.contrast.axis, row.contrast.group, row.center, row.box, row.pair
    return "/".join(part for part in parts if part)


def _name_in_run(row: Row) -> str:
    """The same name in every run, such as `octaves/adversarial/none-clip`."""
    policies = {text: policy for policy, text in BOXES.items()}
    first, second = (policies.get(side, side) for side in (row.first, row.second))
    return f"octaves/{row.center}/{second}-{first}"


def _in_run(row: Row, estimate: Estimate) -> Estimate:
    """The estimate without the name of the run, which is known."""
    return replace(estimate, label=f"half scale, {row.pair} ({CENTERS.get(row.center, row.center)})")


def _estimate(row: Row, mean: Mean) -> Estimate:
    where = ", ".join(part for part in (row.contrast.group, BOXES.get(row.box, row.box)) if part)
    low, high = (end if isfinite(end) else float("nan") for end in mean.interval())
    return Estimate(mean.mean, low, high, "octaves", f"half scale, {row.pair} ({where})")
