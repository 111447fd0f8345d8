"""The contract of an analysis, clause by clause."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from advspace.analysis.chart import Chart
from advspace.analysis.contract import Analysis, Estimate, Finding
from advspace.analysis.findings import Findings, analyse, compare
from advspace.analysis.finished_run import FinishedRun
from advspace.records.tables import CASE
from advspace.testing.clauses import Subject
from advspace.testing.installation import check_settings
from advspace.testing.runs import write_run

NAME = "subject"


def check_analysis(analysis: Analysis, *, run: FinishedRun | None = None, installed: bool = True) -> None:
    """Test an analysis against its contract: on a run of six attacks, on a run without a success, and on two runs.

    Args:
        analysis: The analysis.
        run: A finished run with all that the analysis needs, such as a table of a probe's own; None to make one.
        installed: Whether the class must have an entry point, as for `analysis=<name>` on the command line.

    Raises:
        ContractError: a clause is broken; the message names it.
    """
    subject = Subject("analysis", analysis)
    check_settings(subject, named=installed)
    with TemporaryDirectory() as folder:
        whole = run or write_run(Path(folder) / "whole")
        _one(subject, whole)
        if run is None:
            _same(subject, write_run(Path(folder) / "empty", attacks=2, failed=2))
        others = [write_run(Path(folder) / noise, name=noise, noise=noise) for noise in ("gaussian", "empirical")]
        _several(subject, others)


def _one(subject: Subject, run: FinishedRun) -> None:
    findings = analyse(run, {NAME: subject.plugin})
    subject.must("find what it needs in the run", NAME not in findings.skipped, findings.skipped.get(NAME))
    _form(subject, _same(subject, run), run)


def _same(subject: Subject, run: FinishedRun) -> Finding:
    """The finding for a run; two calls must give the same finding and leave the run as it is."""
    images, probes = run.images.copy(), run.probes.copy()
    first, second = (_finding(subject, run) for _ in range(2))
    kept = images.equals(run.images) and probes.equals(run.probes)
    subject.must("leave the tables of the run as they are", kept)
    same = first.table.equals(second.table) and first.to_dict() == second.to_dict()
    subject.must("give the same finding for the same run", same)
    return first


def _finding(subject: Subject, run: FinishedRun) -> Finding:
    findings = analyse(run, {NAME: subject.plugin})
    _raise(subject, f"analyse a run of {len(run.images)} attacks", findings)
    return findings.made.get(NAME, Finding())


def _raise(subject: Subject, clause: str, findings: Findings) -> None:
    for error in findings.failed.values():
        raise subject.broken(f"{clause}, got {type(error).__name__}: {error}") from error


def _form(subject: Subject, finding: Finding, run: FinishedRun) -> None:
    wrong = [name for name, estimate in finding.headline.items() if not isinstance(estimate, Estimate)]
    subject.must("give its headline as advspace.Estimate", not wrong, wrong)
    subject.must("end its sentence with a full stop", not finding.sentence or finding.sentence.endswith("."))
    subject.asked("give a table that parquet holds", lambda: finding.table.to_parquet(index=False))
    if len(finding.attacks.columns):
        _attacks(subject, finding.attacks, run)
    for chart in finding.charts:
        _chart(subject, chart)


def _attacks(subject: Subject, attacks: pd.DataFrame, run: FinishedRun) -> None:
    subject.must("give one row per attack in attacks", not attacks.duplicated(CASE).any())
    known = pd.MultiIndex.from_frame(run.images[CASE])
    subject.must("name attacks of the run in attacks", bool(pd.MultiIndex.from_frame(attacks[CASE]).isin(known).all()))


def _chart(subject: Subject, chart: Any) -> None:
    from advspace.figures import draw
    from advspace.report.interactive import interactive

    subject.must("give its charts as advspace.Chart", isinstance(chart, Chart), type(chart).__name__)
    subject.asked(f"give chart '{chart.name}' so that it can be drawn", lambda: draw(chart))
    subject.asked(
        f"give chart '{chart.name}' so that a report can show it",
        lambda: json.dumps([interactive(panel) for panel in chart.drawn], allow_nan=False),
    )
    subject.must(f"describe chart '{chart.name}' in its text", bool(chart.text))


def _several(subject: Subject, runs: list[FinishedRun]) -> None:
    findings = compare(runs, {NAME: subject.plugin})
    _raise(subject, f"compare {len(runs)} runs", findings)
    for finding in findings.made.values():
        for chart in finding.charts:
            _chart(subject, chart)
