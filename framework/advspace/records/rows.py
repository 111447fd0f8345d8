"""The rows of the tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advspace.errors import AdvspaceError
from advspace.probe.contract import ProbeRecord, ProbeResult
from advspace.statistics.interval import wilson

Columns = Mapping[str, Sequence[Any] | NDArray[Any]]
"""A table by its columns: one entry per row in each."""
OUTCOMES = ("target", "original", "other")
TAKEN = ("images", "probes", "tensors")
"""Names that a probe's own table must not have."""
FIELDS = tuple(item.name for item in fields(ProbeRecord) if item.name != "extra")
FIELDS_OF = attrgetter(*FIELDS)


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
        probability_original: Probability that the model gives to the label on the original.
        probability_adversarial: Probability that it gives to the target on the adversarial.
        forwards: Number of forward passes without gradients: of the attack, the stop rule and the checks.
        padding: Other images that the model computed beside it, to fill batches or to be measured: the batch's mean.
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
    probability_original: float = float("nan")
    probability_adversarial: float = float("nan")
    forwards: float = float("nan")
    padding: float = float("nan")
    extra: Mapping[str, float] = field(default_factory=dict)


def image_row(record: ImageRecord, columns: Mapping[str, str]) -> dict[str, Any]:
    """Row of `images.parquet`; `columns` are the names and versions of the plugins.

    Raises:
        AdvspaceError: an additional column of the attack has the name of another column.
    """
    return _with_extra("attack", _fields(record), record.extra, columns)


def probe_rows(records: Sequence[ProbeRecord], columns: Mapping[str, str]) -> Columns:
    """Rows of `probes.parquet`, by column, with the share of each outcome and its 95 % Wilson interval.

    It is made by column, because a dict per row takes five times as long.

    Args:
        records: The records, one per row.
        columns: Names and versions of the plugins.

    Returns:
        The columns; none without records.

    Raises:
        AdvspaceError: an additional column of the probe has the name of another column.
    """
    if not records:
        return {}
    own: dict[str, Any] = dict(zip(FIELDS, zip(*map(FIELDS_OF, records), strict=True), strict=True))
    own |= _shares(records)
    extra = _extra_columns(records)
    _check_extra("probe", own, extra, columns)
    first = {name: extra[name] for name in records[0].extra}
    named = {name: [value] * len(records) for name, value in columns.items()}
    return {**own, **first, **named, **extra}


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


def _fields(record: ImageRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name != "extra"}


def _with_extra(
    kind: str, row: Mapping[str, Any], extra: Mapping[str, Any], columns: Mapping[str, str]
) -> dict[str, Any]:
    _check_extra(kind, row, extra, columns)
    return {**row, **extra, **columns}


def _check_extra(kind: str, row: Iterable[str], extra: Iterable[str], columns: Mapping[str, str]) -> None:
    taken = sorted({*row, *columns}.intersection(extra))
    if taken:
        plugin = f"{kind} '{columns[kind]}'" if kind in columns else f"the {kind}"
        raise AdvspaceError(
            f"{plugin} has an extra column '{taken[0]}', which the table has already; give it another name"
        )


def _extra_columns(records: Sequence[ProbeRecord]) -> Columns:
    """The additional columns; None where a record lacks one."""
    names = dict.fromkeys(name for record in records for name in record.extra)
    return {name: [record.extra.get(name) for record in records] for name in names}


def _shares(records: Sequence[ProbeRecord]) -> Columns:
    """Share of each outcome, with the ends of its interval, of all records at once."""
    draws = np.array([record.draws for record in records])
    result: dict[str, NDArray[Any]] = {}
    for outcome in OUTCOMES:
        counts = np.array([getattr(record, f"n_{outcome}") for record in records])
        name = f"share_{outcome}"
        result |= {name: counts / draws} | dict(
            zip((f"{name}_low", f"{name}_high"), wilson(counts, draws), strict=True)
        )
    return result
