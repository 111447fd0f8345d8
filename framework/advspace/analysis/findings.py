"""Run the analyses of one run or of several, and collect findings, skipped analyses and errors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from advspace.analysis.attack_estimates import plain
from advspace.analysis.chart import Chart
from advspace.analysis.contract import Analysis, Estimate, Finding
from advspace.analysis.finished_run import FinishedRun
from advspace.errors import AdvspaceError
from advspace.files.atomic import write_bytes
from advspace.run_directory import RunDirectory

OWN_NAMES = ("images", "probes", "tensors")
"""Names of the common tables in `Analysis.needs`."""


@dataclass(frozen=True)
class Findings:
    """The results of the analyses, by name of the analysis.

    Args:
        made: The findings, in the order in which they are shown.
        titles: The heading above each finding.
        skipped: The reasons of skipped analyses.
        failed: The errors of failed analyses.
    """

    made: Mapping[str, Finding] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, Exception] = field(default_factory=dict)

    @property
    def headline(self) -> dict[str, Estimate]:
        """The estimates of all findings by name."""
        return {name: estimate for finding in self.made.values() for name, estimate in finding.headline.items()}

    @property
    def short(self) -> dict[str, Estimate]:
        """The main estimates of all findings by name."""
        return {name: estimate for finding in self.made.values() for name, estimate in finding.short.items()}

    @property
    def charts(self) -> list[Chart]:
        """The charts of all findings."""
        return [chart for finding in self.made.values() for chart in finding.charts]

    @property
    def reasons(self) -> dict[str, str]:
        """The error of each failed analysis, in one sentence."""
        return {name: f"{type(error).__name__}: {error}" for name, error in self.failed.items()}

    def to_dict(self) -> dict[str, Any]:
        """Sentences and headlines as plain values, with the skipped and the failed analyses."""
        return {
            "findings": {name: {"title": self.titles[name]} | made.to_dict() for name, made in self.made.items()},
            "skipped": dict(self.skipped),
            "failed_analyses": self.reasons,
        }

    def raise_failures(self, instead: str) -> None:
        """Raise an error if an analysis failed.

        Args:
            instead: Directory of the other findings, for the message.

        Raises:
            AnalysisError: an analysis failed; its own error is the cause.
        """
        for name, error in self.failed.items():
            more = f" (and {len(self.failed) - 1} more)" if len(self.failed) > 1 else ""
            raise AnalysisError(
                f"analysis '{name}' failed{more}: {self.reasons[name]}; the other findings are in {instead}"
            ) from error


class AnalysisError(AdvspaceError):
    """An analysis failed; all other results of the run are complete."""


def analyse(run: FinishedRun, analyses: Mapping[str, Analysis]) -> Findings:
    """Run each analysis on a run; an error of one does not stop the others.

    Args:
        run: The run.
        analyses: The analyses by name.
    """
    skipped = {name: text for name, each in analyses.items() if (text := _lacking(run, each))}
    tried = {name: each for name, each in analyses.items() if name not in skipped}
    return _all_of(tried, lambda each: each(run), skipped)


def compare(runs: Sequence[FinishedRun], analyses: Mapping[str, Analysis]) -> Findings:
    """Run the comparison of each analysis on several runs; those that return None are left out.

    Args:
        runs: The runs.
        analyses: The analyses by name.
    """
    return _all_of(analyses, lambda each: each.compare([run for run in runs if not _lacking(run, each)]), {})


def write_findings(run: RunDirectory, findings: Findings) -> None:
    """Write the tables of the findings, and what they say about each attack.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    for name, finding in findings.made.items():
        if len(finding.table.columns):
            write_bytes(run.analysis / f"{name}.parquet", finding.table.to_parquet(index=False))
        if len(finding.attacks.columns):
            write_bytes(run.attack_estimates / f"{name}.parquet", plain(finding.attacks).to_parquet(index=False))


def _all_of(
    analyses: Mapping[str, Analysis], call: Callable[[Analysis], Finding | None], skipped: Mapping[str, str]
) -> Findings:
    made: dict[str, Finding] = {}
    failed: dict[str, Exception] = {}
    for name, each in sorted(analyses.items(), key=lambda item: (item[1].order, item[0])):
        try:
            finding = call(each)
            if finding is not None:
                _check(finding, made)
                made[name] = finding
        except Exception as error:  # any error of an analysis is reported as its own
            failed[name] = error
    titles = {name: analyses[name].title or name.replace("_", " ").capitalize() for name in made}
    return Findings(made, titles, skipped, failed)


def _check(finding: Any, made: Mapping[str, Finding]) -> None:
    """Raise an error if it is no finding, or if another analysis has one of its names."""
    if not isinstance(finding, Finding):
        raise AdvspaceError(f"it must return an advspace.Finding, got {type(finding).__name__}")
    for kind, names in (("estimate", _estimates), ("chart", _charts)):
        own = list(names(finding))
        taken = {name: other for other, earlier in made.items() for name in names(earlier)}
        twice = next((name for name in own if name in taken or own.count(name) > 1), None)
        if twice is not None:
            raise AdvspaceError(f"its {kind} '{twice}' has the name of one of {taken.get(twice, 'its own')}; rename it")


def _estimates(finding: Finding) -> Iterable[str]:
    return finding.headline


def _charts(finding: Finding) -> Iterable[str]:
    return (chart.name for chart in finding.charts)


def _lacking(run: FinishedRun, analysis: Analysis) -> str:
    """The first table or column that an analysis needs and the run lacks, in a sentence; empty if it has all."""
    for need in sorted(analysis.needs):
        table, _, column = need.partition(".")
        if not _has(run, table):
            return f"the run has no {table}" if table in OWN_NAMES else f"the run has no table '{table}'"
        if column and column not in _columns(run, table):
            return f"the table '{table}' of the run has no column '{column}'"
    return ""


def _has(run: FinishedRun, table: str) -> bool:
    known = {"images": len(run.images) > 0, "probes": len(run.probes) > 0}
    if table == "tensors":
        return run.has_tensors
    return known.get(table, table in run.own_tables)


def _columns(run: FinishedRun, table: str) -> Iterable[str]:
    common = {"images": run.images, "probes": run.probes}
    return (common[table] if table in common else run.table(table)).columns
