"""The rows of the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from advspace.errors import AdvspaceError
from advspace.probe.contract import ProbeRecord, ProbeResult
from advspace.statistics.interval import wilson

OUTCOMES = ("target", "original", "other")
TAKEN = ("images", "probes", "tensors")
"""Names that a probe's own table must not have."""


@dataclass(frozen=True)
class ImageRecord:
    """The result of one attack; distortions in pixels of [0, 1], NaN where the attack failed.

    Args:
        image_id: Stable id of the image.
        label: True class, or the class that the model predicts if the image has no label.
        labelled: Whether the image has a label.
        target: Target class; for an untargeted attack the class reached, -1 where it failed.
        targeted: Whether the attack has one target class, rather than any class except the label.
        success: Whether the model predicts the target.
        reason: Reason of the failure; empty on success.
        c: Weight of the distortion in the objective.
        margin: Target logit minus the largest other logit.
        evaluations: Number of gradients computed.
        survives_8bit: Whether the adversarial still succeeds after rounding to 256 grey levels.
        on_box: Share of the adversarial's pixels at an end of the box.
        l2: Euclidean norm of the distortion.
        rms: Root of its mean square.
        mean: Its mean.
        sd: Its standard deviation: scale 1 of every noise.
        skewness: Its skewness.
        excess_kurtosis: Its excess kurtosis.
        depth: Its length beyond the boundary, as a share of the boundary's distance; NaN if the stop rule is `given`.
        extra: Additional columns of the attack.
    """

    image_id: str
    label: int
    labelled: bool
    target: int
    targeted: bool
    success: bool
    reason: str
    c: float
    margin: float
    evaluations: int
    survives_8bit: bool
    on_box: float
    l2: float
    rms: float
    mean: float
    sd: float
    skewness: float
    excess_kurtosis: float
    depth: float = float("nan")
    extra: Mapping[str, float] = field(default_factory=dict)


def image_row(record: ImageRecord, columns: Mapping[str, str]) -> dict[str, Any]:
    """Row of `images.parquet`; `columns` are the names and versions of the plugins.

    Raises:
        AdvspaceError: an additional column of the attack has the name of another column.
    """
    return _with_extra("attack", _fields(record), record.extra, columns)


def probe_rows(records: Sequence[ProbeRecord], columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of `probes.parquet`, with the share of each outcome and its 95 % Wilson interval.

    Raises:
        AdvspaceError: an additional column of the probe has the name of another column.
    """
    return [
        _with_extra("probe", _fields(record) | shares, record.extra, columns)
        for record, shares in zip(records, _shares(records), strict=True)
    ]


def own_rows(
    ids: Sequence[str], targets: Sequence[int], probed: Sequence[ProbeResult], columns: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Rows of the probe's own tables, by name of the table, with the image and the target of each row.

    Args:
        ids: Ids of the images.
        targets: The class that each adversarial reached.
        probed: The probe's results.
        columns: Names and versions of the plugins.

    Raises:
        AdvspaceError: a table's name is not allowed, or a column has the name of another column.
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    for id_, target, result in zip(ids, targets, probed, strict=True):
        for name, rows in result.tables.items():
            if not name.isidentifier() or name in TAKEN:
                raise AdvspaceError(
                    f"a probe's own table must have a name of letters, digits and _, and none of {', '.join(TAKEN)}, "
                    f"got '{name}'"
                )
            case = {"image_id": id_, "target": target}
            tables.setdefault(name, []).extend(_with_extra("probe", case, row, columns) for row in rows)
    return tables


def _fields(record: ImageRecord | ProbeRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name != "extra"}


def _with_extra(
    kind: str, row: Mapping[str, Any], extra: Mapping[str, Any], columns: Mapping[str, str]
) -> dict[str, Any]:
    taken = sorted((row.keys() | columns.keys()) & extra.keys())
    if taken:
        plugin = f"{kind} '{columns[kind]}'" if kind in columns else f"the {kind}"
        raise AdvspaceError(
            f"{plugin} has an extra column '{taken[0]}', which the table has already; give it another name"
        )
    return {**row, **extra, **columns}


def _shares(records: Sequence[ProbeRecord]) -> list[dict[str, float]]:
    """Shares and intervals of each record, computed for all at once: NumPy's calls take longer than their sums."""
    result: list[dict[str, float]] = [{} for _ in records]
    draws = np.array([record.draws for record in records])
    for outcome in OUTCOMES:
        counts = np.array([getattr(record, f"n_{outcome}") for record in records])
        low, high = wilson(counts, draws)
        for row, *ends in zip(result, (counts / draws).tolist(), low.tolist(), high.tolist(), strict=True):
            row |= zip((f"share_{outcome}", f"share_{outcome}_low", f"share_{outcome}_high"), ends, strict=True)
    return result
