"""The contract of a probe's records, checked where they enter the tables of a run."""

from math import isfinite
from numbers import Integral, Real
from typing import Any

from advspace.clauses import Owner, short
from advspace.errors import PluginError
from advspace.probe.contract import Case, ProbeRecord, ProbeResult
from advspace.probe.form import result_form

COUNTS = ("draws", "n_target", "n_original", "n_other")
MEASURES = ("scale", "noise_mean", "noise_sd", "noise_l2", "clipped")


def checked_result(given: Any, probe: Owner, case: Case, classes: int) -> ProbeResult:
    """The result of a probe, if it keeps the contract.

    Args:
        given: What the probe returned for a case.
        probe: Name and package of the probe.
        case: The case.
        classes: Number of classes.

    Raises:
        PluginError: a clause of the contract is broken; the message names the probe and the clause.
    """
    probe.must(result_form(given))
    result = given if isinstance(given, ProbeResult) else ProbeResult(given)
    for record in result.records:
        _check(record, probe, case, classes)
    return result


def _check(record: ProbeRecord, probe: Owner, case: Case, classes: int) -> None:
    where = f" around the {record.center} ({record.box}) at scale {record.scale} of image {case.image_id}"
    counts, counted = record.class_counts, [getattr(record, each) for each in COUNTS]
    if (record.image_id, record.target) != (case.image_id, case.target):
        wanted = f"image {case.image_id} and target {case.target}"
        raise _broken(probe, f"give records of {wanted}", f"{record.image_id} and {record.target}")
    if not all(isinstance(getattr(record, each), str) for each in ("center", "box")):
        raise _broken(probe, "name center and box by texts", f"{record.center!r} and {record.box!r}")
    if not (isinstance(counts, list | tuple) and len(counts) == classes):
        raise _broken(probe, f"count the probes of each of {classes} classes", f"{counts!r}{where}")
    if not all(isinstance(count, Integral) and int(count) >= 0 for count in (*counted, *counts)) or record.draws < 1:
        raise _broken(probe, "give counts >= 0 as whole numbers, and draws >= 1", f"{_text(record)}{where}")
    target, original = counts[case.target], counts[case.label]
    agree = (record.n_target, record.n_original) == (target, original)
    if not agree or sum(counts) != record.draws or sum(counted[1:]) != record.draws:
        clause = "count each probe once: as target, original or other, and in its class"
        raise _broken(probe, clause, f"{_text(record)}{where}")
    bad = next((each for each in MEASURES if not _number(getattr(record, each))), None)
    if bad or record.scale < 0:
        bad = bad or "scale"
        raise _broken(probe, f"give {bad} as a finite number, scale >= 0", f"{getattr(record, bad)!r}{where}")


def _number(value: Any) -> bool:
    return isinstance(value, Real) and isfinite(value)


def _text(record: ProbeRecord) -> str:
    return ", ".join(f"{each}={getattr(record, each)}" for each in COUNTS) + f" and class counts {record.class_counts}"


def _broken(probe: Owner, clause: str, result: str) -> PluginError:
    return probe.fault(f"must {clause}, got {short(result)}")
