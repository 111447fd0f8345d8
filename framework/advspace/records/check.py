"""The contract of a probe's records, checked where they enter the tables of a run."""

from math import isfinite
from numbers import Integral, Real
from operator import attrgetter
from typing import Any

from advspace.clauses import Owner, short
from advspace.errors import PluginError
from advspace.probe.contract import Case, ProbeRecord, ProbeResult
from advspace.probe.form import result_form

COUNTS = ("draws", "n_target", "n_original", "n_other")
MEASURES = ("scale", "noise_mean", "noise_sd", "noise_l2", "clipped")
COUNTED, MEASURED = attrgetter(*COUNTS), attrgetter(*MEASURES)


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
    counts, counted, measured = record.class_counts, COUNTED(record), MEASURED(record)
    if (record.image_id, record.target) != (case.image_id, case.target):
        wanted = f"image {case.image_id} and target {case.target}"
        raise _broken(probe, f"give records of {wanted}", f"{record.image_id} and {record.target}")
    if not (isinstance(record.center, str) and isinstance(record.box, str)):
        raise _broken(probe, "name center and box by texts", f"{record.center!r} and {record.box!r}")
    if not (isinstance(counts, list | tuple) and len(counts) == classes):
        raise _broken(probe, f"count the probes of each of {classes} classes", f"{counts!r}{_where(record)}")
    if not all(map(_whole, (*counted, *counts))) or record.draws < 1:
        clause = "give counts >= 0 as whole numbers, and draws >= 1"
        raise _broken(probe, clause, f"{_text(record)}{_where(record)}")
    agree = (record.n_target, record.n_original) == (counts[case.target], counts[case.label])
    if not agree or sum(counts) != record.draws or sum(counted[1:]) != record.draws:
        clause = "count each probe once: as target, original or other, and in its class"
        raise _broken(probe, clause, f"{_text(record)}{_where(record)}")
    if not all(map(_number, measured)) or record.scale < 0:
        bad = next((each for each in MEASURES if not _number(getattr(record, each))), "scale")
        clause = f"give {bad} as a finite number, scale >= 0"
        raise _broken(probe, clause, f"{getattr(record, bad)!r}{_where(record)}")


def _whole(value: Any) -> bool:
    """Whether it is a count; the plain type is asked for first, because an abstract one takes ten times as long."""
    return (type(value) is int or isinstance(value, Integral)) and int(value) >= 0


def _number(value: Any) -> bool:
    return (type(value) is float or isinstance(value, Real)) and isfinite(value)


def _where(record: ProbeRecord) -> str:
    return f" around the {record.center} ({record.box}) at scale {record.scale} of image {record.image_id}"


def _text(record: ProbeRecord) -> str:
    return ", ".join(f"{each}={getattr(record, each)}" for each in COUNTS) + f" and class counts {record.class_counts}"


def _broken(probe: Owner, clause: str, result: str) -> PluginError:
    return probe.fault(f"must {clause}, got {short(result)}")
