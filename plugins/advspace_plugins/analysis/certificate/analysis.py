"""How far a class is certified around originals and adversarials: randomized smoothing."""

from dataclasses import dataclass

import numpy as np

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import around, beside
from advspace.checks import at_least
from advspace.shapes import Frame
from advspace.statistics.certified_radius import check_alpha
from advspace.statistics.interval import wilson
from advspace.statistics.median_interval import median_interval
from advspace_plugins.analysis.certificate.charts import chart
from advspace_plugins.analysis.certificate.radii import KEPT, Rule, best_radii
from advspace_plugins.analysis.certificate.refusal import refusal
from advspace_plugins.analysis.certificate.words import sentence, too_few_draws


@dataclass(frozen=True)
class Certificate(Analysis):
    """Cohen's certified radius around each center, for each attack the best over the scales.

    The smoothed classifier of a scale gives the class that the network gives most often under Gaussian noise of this
    scale, after the box policy.  A certificate holds for the smoothed classifier, not for the network.  At each scale
    the first draws choose a class, and the others bound its probability from below (one-sided, Clopper & Pearson).
    Scales may share their draws, because the best of L scales costs alpha / L under any dependence.

    The table has two rows per attack, center and box policy.  `claim` is `kept` (the certified class is the original's
    around the original, the target around other centers) or `changed` (another class).  `class` is -1 and `radius` 0
    where the analysis `abstained`.  `radius`, `cap` (the largest radius that so many `draws` certify at this scale),
    `sigma` (deviation of the noise) and `distortion` are Euclidean, of pixels in [0, 1]; `scale` is the best scale.

    Args:
        alpha: Largest probability that any certificate of one attack, center and box policy is wrong, in (0, 1).
        selection: First draws at each scale, which choose the class, >= 1.

    Source: Cohen, Rosenfeld & Kolter 2019, arXiv:1902.02918.  Departure: the best of several scales.
    """

    alpha: float = 0.001
    selection: int = 10

    title = "What is certified"
    order = 45
    needs = frozenset({"images", "probes", "labels.labels"})

    def __post_init__(self) -> None:
        check_alpha(self.alpha)
        at_least("selection", self.selection, 1)

    def __call__(self, run: FinishedRun) -> Finding:
        """Certify every attack; of runs whose draws allow no certificate, say why."""
        pairs = bool((run.settings.get("probe") or {}).get("pairs", False))
        rule = Rule(self.alpha, self.selection, pairs)
        reason = refusal(run) or too_few_draws(run, rule)
        table = None if reason else best_radii(run, rule)
        if table is None or table.empty:
            return Finding(sentence=reason)
        kept = table[table["claim"] == KEPT]
        estimates = {name: estimate for rows in _cells(kept) for name, estimate in _headline(rows).items()}
        return Finding(
            table,
            estimates,
            [chart(run, table)],
            sentence(run, table, rule),
            _beside_attacks(kept),
            [name for name in estimates if name.startswith("certified_radius")],
        )


def _cells(table: Frame) -> list[Frame]:
    """The rows of each center and box policy."""
    return [rows for _, rows in table.groupby(["center", "box"], sort=False)]


def _headline(rows: Frame) -> dict[str, Estimate]:
    """Share of the attacks that are certified, and the median radius; an image counts with the mean of its attacks."""
    center, box = rows[["center", "box"]].iloc[0]
    means = rows.assign(certified=~rows["abstained"]).groupby("image_id")[["certified", "radius"]].mean()
    shares, radii = (means[name].to_numpy(np.float64) for name in ("certified", "radius"))
    low, high = wilson(float(shares.sum()), len(shares))
    where = around(center, box)
    return {
        f"certified/{center}/{box}": Estimate(
            float(shares.mean()), float(low), float(high), "of the attacks", f"own class certified {where}"
        ),
        f"certified_radius/{center}/{box}": Estimate(
            float(np.median(radii)), *median_interval(radii), "L2", f"median certified radius {where}"
        ),
    }


def _beside_attacks(kept: Frame) -> Frame:
    """A column per box policy: radii around adversarials, or around originals if only these were probed."""
    shown = kept[kept["center"] != "original"] if (kept["center"] != "original").any() else kept
    names = [
        f"certified radius, {beside(center, box)}" for center, box in zip(shown["center"], shown["box"], strict=True)
    ]
    wide = shown.assign(name=names).pivot_table(index=["image_id", "target"], columns="name", values="radius")
    return wide.rename_axis(columns=None).reset_index()
