"""The counts of a run around one center, not clipped, with the dependence between scales."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from advspace import FinishedRun
from advspace.analysis.counts import counts_by_scale
from advspace.probe.contract import kept_around
from advspace.probe.draws import JOINT, LABELS
from advspace.records.draws import Joint, Labels, joint_of, labels_of
from advspace.records.tables import CASE, CaseKey
from advspace.shapes import Frame
from advspace.statistics.interval import Floats
from advspace.statistics.shared_draws import covariance_of_joint, covariance_of_pairs, independent

NOT_CLIPPED = "none"
UNKNOWN = "Errors are not known: this run is from before draws that serve several scales were recorded (table joint)."
AS_INDEPENDENT = (
    "The draws come in pairs, but their labels were not kept (probe.keep_labels): intervals are those of independent "
    "draws, so they are too wide."
)


@dataclass(frozen=True, eq=False)
class Counts:
    """Counts of probes around one center: a row per attack, a column per scale.

    Args:
        center: Name of the center.
        cases: The attacks.
        scales: Increasing, > 0.
        sd: Standard deviation of the noise at scale 1, in pixel values, one per attack.
        length: L2 of the distortions, one per attack.
        kept: Probes that keep the center's class.
        trials: Probes.
        covariance: Between scales, of whether a draw is kept; None if it is not known.
        caveat: What a reader must know about it; may be empty.
    """

    center: str
    cases: list[CaseKey]
    scales: Floats
    sd: Floats
    length: Floats
    kept: Floats
    trials: Floats
    covariance: Floats | None
    caveat: str

    @property
    def sigma(self) -> Floats:
        """Standard deviation of the noise of each cell, in pixel values."""
        return self.sd[:, None] * self.scales

    @property
    def image_ids(self) -> list[str]:
        """Image of each row."""
        return [image_id for image_id, _ in self.cases]


def counts_of(run: FinishedRun) -> list[Counts]:
    """The counts around each center, over the scales above 0 that all attacks have.

    Args:
        run: A run with probes that are not clipped.
    """
    rows = run.probes[(run.probes["box"] == NOT_CLIPPED) & (run.probes["scale"] > 0)]
    images = run.images.set_index(CASE)
    centers = [center for center in run.measure.centers if (rows["center"] == center).any()]
    centers += sorted(set(rows["center"]) - set(centers))
    found = [_around(run, center, rows[rows["center"] == center], images) for center in centers]
    return [counts for counts in found if len(counts.scales)]


def _around(run: FinishedRun, center: str, rows: Frame, images: Frame) -> Counts:
    tables = counts_by_scale(rows, f"n_{kept_around(center)}")
    number, trials = (table.to_numpy(np.float64) for table in tables)
    cases, scales = [*tables[0].index], tables[0].columns.to_numpy(np.float64)
    known = images.loc[cases]
    covariance, caveat = _covariance(run, center, cases, scales, known["label"].tolist(), number / trials)
    sd, length = (known[name].to_numpy(np.float64) for name in ("sd", "l2"))
    return Counts(center, cases, scales, sd, length, number, trials, covariance, caveat)


def _covariance(
    run: FinishedRun, center: str, cases: list[CaseKey], scales: Floats, labels: list[int], shares: Floats
) -> tuple[Floats | None, str]:
    """Covariance per draw, and what to say about it."""
    probe = run.settings.get("probe") or {}
    shared, pairs = bool(probe.get("shared_draws", True)), bool(probe.get("pairs"))
    if pairs and LABELS in run.own_tables:
        read = labels_of(run.table(LABELS))
        wanted = labels if kept_around(center) == "original" else [target for _, target in cases]
        each = [read.get(case, {}).get((center, NOT_CLIPPED)) for case in cases]
        covariance = _all([*_of_labels(each, wanted, scales)])
        if covariance is not None:
            return covariance if shared else covariance * np.eye(len(scales)), ""
    caveat = AS_INDEPENDENT if pairs else ""
    if not shared:
        return independent(shares), caveat
    joint = joint_of(run.table(JOINT)) if JOINT in run.own_tables else {}
    covariance = _all([_of_joint(joint.get(case, {}).get((center, NOT_CLIPPED)), scales) for case in cases])
    return covariance, UNKNOWN if covariance is None else caveat


def _of_labels(each: list[Labels | None], wanted: list[int], scales: Floats) -> Iterator[Floats | None]:
    """Covariance of each attack's pairs, from the draws that all its scales have."""
    for labels, kept in zip(each, wanted, strict=True):
        if labels is None or not np.isin(scales, labels.scales).all():
            yield None
            continue
        classes = labels.classes[np.searchsorted(labels.scales, scales)]
        yield covariance_of_pairs(classes[:, (classes >= 0).all(0)] == kept)


def _of_joint(joint: Joint | None, scales: Floats) -> Floats | None:
    if joint is None or not np.isin(scales, joint.scales).all():
        return None
    order = np.searchsorted(joint.scales, scales)
    counts = joint.counts[np.ix_(order, order)].astype(np.float64)
    return covariance_of_joint(counts, np.asarray(joint.draws, np.float64))


def _all(each: list[Floats | None]) -> Floats | None:
    """The covariances of all attacks; None if one is not known."""
    known = [covariance for covariance in each if covariance is not None]
    return np.stack(known) if known and len(known) == len(each) else None
