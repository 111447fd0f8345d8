"""What a run found, read back and compared with an unbroken run."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from advspace.records.tables import CASE, CaseKey, Pair, read_tables, read_tensors
from advspace.run_directory import RunDirectory
from advspace.settings import HARMLESS


@dataclass(frozen=True)
class Results:
    """All that a run directory holds as results.

    Args:
        images: The table of images, sorted.
        probes: The table of probes, sorted.
        tensors: Original and adversarial of each success.
        findings: The part of the summary that depends on the tables, the plan and the settings.
        analysis: The table of each analysis.
    """

    images: pd.DataFrame
    probes: pd.DataFrame
    tensors: dict[CaseKey, Pair]
    findings: dict
    analysis: dict[str, pd.DataFrame]


def results(directory: Path) -> Results:
    """Read a finished run."""
    run = RunDirectory(directory)
    images, probes = read_tables(directory)
    summary = json.loads(run.summary.read_text())
    order = [*CASE, "center", "box", "scale"]
    return Results(
        images.sort_values(CASE, ignore_index=True),
        probes.sort_values([name for name in order if name in probes], kind="stable", ignore_index=True),
        dict(read_tensors(directory)),
        {name: summary[name] for name in ("title", "images", "findings", "skipped", "failed_analyses")}
        | {"settings": {name: value for name, value in summary["settings"].items() if name not in CHANGING}},
        {path.stem: pd.read_parquet(path) for path in sorted(run.analysis.glob("*.parquet"))},
    )


CHANGING = (*HARMLESS, "resume", "report")
"""Settings that change no table: where and how a run was made."""


def compared(found: Results, wanted: Results) -> set[str]:
    """`same`, or some of `lost`, `doubled`, `different`."""
    cases, all_cases = ([tuple(row) for row in each.images[CASE].to_numpy()] for each in (found, wanted))
    faults = set()
    if set(all_cases) - set(cases):
        faults.add("lost")
    if len(set(cases)) < len(cases):
        faults.add("doubled")
    if not faults and not _equal(found, wanted):
        faults.add("different")
    return faults or {"same"}


def _equal(found: Results, wanted: Results) -> bool:
    return (
        found.images.equals(wanted.images)
        and found.probes.equals(wanted.probes)
        and found.findings == wanted.findings
        and found.analysis.keys() == wanted.analysis.keys()
        and all(found.analysis[name].equals(table) for name, table in wanted.analysis.items())
        and found.tensors.keys() == wanted.tensors.keys()
        and all(_equal_pair(pair, wanted.tensors[case]) for case, pair in found.tensors.items())
    )


def _equal_pair(one: Pair, other: Pair) -> bool:
    return one.keys() == other.keys() and all(one[name].equal(other[name]) for name in one)
