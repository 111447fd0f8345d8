"""The paper's question, answered: what shape do the regions have?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import around
from advspace.comparison.grouping import told_apart
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.clopper_pearson import lower_bound, upper_bound
from advspace.statistics.shape import CANNOT_TELL, CLOSING, FLAT, NON_CONVEX
from advspace.statistics.shape_kind import WORTH
from advspace_plugins.analysis.verdict.attacks import CENTERS, FAR, NEAR, refusal, verdicts
from advspace_plugins.analysis.verdict.charts import RANGES, chart, overview

SHAPES = (FLAT, CLOSING, NON_CONVEX, CANNOT_TELL)
TAIL = 0.025


@dataclass(frozen=True)
class Verdict(Analysis):
    """The shape of the region of each attack, and the share of attacks with each shape.

    `flat`: at every scale the region keeps what a flat boundary keeps, within 5 % of the draws; `closing`: it keeps
    less; `non-convex`: rays come back to it, or it keeps more than a convex region can; `cannot tell`: the draws decide
    neither.  The bounds are exact (Clopper-Pearson) and no region is assumed; an attack is told wrongly with a chance
    of 5 % at most.  From 1,000 draws on, `kind` has a finer word where one kind alone is compatible: `bulging`,
    `corner`, `layer`, `faces` (corner or layer), `wrapping`, `scattered`.

    The table has one row per attack, center and range of scales: `far`, the whole ladder, and `near`, up to twice the
    distortion's deviation.  `shape`, `kind`, `draws`, `scales`, and `returning`, the share of rays (or pairs) that come
    back.

    A tight center and pairs of draws tell most (`probe.center=tight probe.pairs=true`): `flat` then needs 100 draws.
    """

    title = "The shape of the regions"
    order = 26
    needs = frozenset({"images", "probes", "labels"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Tell the shape of each region."""
        if reason := refusal(run):
            return Finding(sentence=reason)
        table = verdicts(run)
        if table.empty:
            return Finding(sentence="No attack was probed around its adversarial without the clip, so nothing is told.")
        center = next(name for name in CENTERS if (table["center"] == name).any())
        told = table[table["center"] == center]
        shares = {name: _shares(rows, name) for name in (FAR, NEAR) if len(rows := told[told["range"] == name])}
        estimates = {
            f"verdict/{center}/{name}/{shape}": estimate
            for name, own in shares.items()
            for shape, estimate in own.items()
        }
        return Finding(
            table,
            estimates,
            [chart(run, center, told, shares)],
            _sentence(told, center, shares),
            _beside_attacks(told),
            [name for name, each in estimates.items() if f"/{FAR}/" in name and each.value],
        )

    def compare(self, runs: Sequence[FinishedRun]) -> Finding | None:
        """The shares of the shapes, run by run."""
        told = [(name, self(run).headline) for name, run in zip(told_apart(runs), runs, strict=True)]
        made = [(name, headline) for name, headline in told if headline]
        return Finding(charts=[overview(made, FAR)]) if len(made) > 1 else None


def _shares(rows: Frame, name: str) -> dict[str, Estimate]:
    """Share of the attacks with each shape; attacks on one image count together, by their mean."""
    count, result = rows["image_id"].nunique(), {}
    for shape in SHAPES:
        hits = float((rows["shape"] == shape).groupby(rows["image_id"]).mean().sum())
        low, high = float(lower_bound(hits, count, TAIL)), float(upper_bound(hits, count, TAIL))
        result[shape] = Estimate(hits / count, low, high, "of the attacks", f"regions: {shape}, {RANGES[name]}")
    return result


def _sentence(told: Frame, center: str, shares: dict[str, dict[str, Estimate]]) -> str:
    parts = []
    for name, own in shares.items():
        rows = told[told["range"] == name]
        counts = {shape: int((rows["shape"] == shape).sum()) for shape in SHAPES}
        said = [f"{count} of {len(rows)} {shape} {own[shape].interval}" for shape, count in counts.items() if count]
        parts.append(f"{RANGES[name]}: {', '.join(said)}")
    draws = int(told["draws"].min())
    kinds = told.loc[(told["range"] == FAR) & (told["kind"] != told["shape"]), "kind"].value_counts()
    finer = "; compatible with " + ", ".join(f"{kind} ({count})" for kind, count in kinds.items()) if len(kinds) else ""
    more = "" if draws >= WORTH else f" Finer words need {WORTH} draws; there are {draws}."
    return f"{around(center).capitalize()}, {'; '.join(parts)}{finer}. Intervals: of the share, 95 % over images.{more}"


def _beside_attacks(told: Frame) -> Frame:
    """A column per range: the shape, with the kind if it says more."""
    words = np.where(told["kind"] == told["shape"], told["shape"], told["shape"] + ": " + told["kind"])
    wide = told.assign(words=words).pivot(index=CASE, columns="range", values="words")
    return wide.add_prefix("shape, ").rename_axis(columns=None).reset_index()
