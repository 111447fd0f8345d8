"""The contract of a probe's records, checked where they enter the tables of a run."""

from collections.abc import Mapping
from math import isfinite
from numbers import Integral, Real
from typing import Any

from advspace.errors import AdvspaceError
from advspace.probe.contract import Case, ProbeRecord, ProbeResult

COUNTS = ("draws", "n_target", "n_original", "n_other")
MEASURES = ("scale", "noise_mean", "noise_sd", "noise_l2", "clipped")


def checked_result(given: Any, name: str, case: Case, classes: int) -> ProbeResult:
    """The result of a probe, if it keeps the contract.

    Args:
        given: What the probe returned for a case.
        name: Name of the probe.
        case: The case.
        classes: Number of classes.

    Raises:
        AdvspaceError: a clause of the contract is broken; the message names the probe and the clause.
    """
    records, tables = (given.records, given.tables) if isinstance(given, ProbeResult) else (given, {})
    known = isinstance(records, list | tuple) and all(isinstance(record, ProbeRecord) for record in records)
    if not known or not isinstance(tables, Mapping):
        raise _broken(name, "return a list of advspace.ProbeRecord, or an advspace.ProbeResult", type(given).__name__)
    for record in records:
        _check(record, name, case, classes)
    return ProbeResult(records, tables)


def _check(record: ProbeRecord, name: str, case: Case, classes: int) -> None:
    where = f" around the {record.center} ({record.box}) at scale {record.scale} of image {case.image_id}"
    counts, counted = record.class_counts, [getattr(record, each) for each in COUNTS]
    if (record.image_id, record.target) != (case.image_id, case.target):
        wanted = f"image {case.image_id} and target {case.target}"
        raise _broken(name, f"give records of {wanted}", f"{record.image_id} and {record.target}")
    if not all(isinstance(getattr(record, each), str) for each in ("center", "box")):
        raise _broken(name, "name center and box by texts", f"{record.center!r} and {record.box!r}")
    if not (isinstance(counts, list | tuple) and len(counts) == classes):
        raise _broken(name, f"count the probes of each of {classes} classes", f"{counts!r}{where}")
    if not all(isinstance(count, Integral) and int(count) >= 0 for count in (*counted, *counts)) or record.draws < 1:
        raise _broken(name, "give counts >= 0 as whole numbers, and draws >= 1", f"{_text(record)}{where}")
    target, original = counts[case.target], counts[case.label]
    agree = (record.n_target, record.n_original) == (target, original)
    if not agree or sum(counts) != record.draws or sum(counted[1:]) != record.draws:
        clause = "count each probe once: as target, original or other, and in its class"
        raise _broken(name, clause, f"{_text(record)}{where}")
    bad = next((each for each in MEASURES if not _number(getattr(record, each))), None)
    if bad or record.scale < 0:
        bad = bad or "scale"
        raise _broken(name, f"give {bad} as a finite number, scale >= 0", f"{getattr(record, bad)!r}{where}")


def _number(value: Any) -> bool:
    return isinstance(value, Real) and isfinite(value)


def _text(record: ProbeRecord) -> str:
    return ", ".join(f"{each}={getattr(record, each)}" for each in COUNTS) + f" and class counts {record.class_counts}"


def _broken(name: str, clause: str, result: str) -> AdvspaceError:
    return AdvspaceError(
        f"probe '{name}' must {clause}, got {result}; advspace.testing.check_probe tests a probe against its contract"
    )
