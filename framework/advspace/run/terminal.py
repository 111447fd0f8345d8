"""Results of a run on the terminal: the main estimates of each analysis, or all that they say."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advspace.analysis.contract import Estimate
from advspace.analysis.findings import Findings
from advspace.analysis.finished_run import FinishedRun
from advspace.analysis.summary import Conclusion
from advspace.analysis.wanted import wanted_names
from advspace.comparison.grouping import told_apart

COLUMNS = 3
"""Most estimates in the table of the runs of a multirun."""
NAMED = 3
"""Most images that are named for one reason of failure."""


def show(conclusion: Conclusion, console: Console | None = None, *, verbose: bool = False) -> None:
    """Print the results of a run.

    Args:
        conclusion: The run and its findings.
        console: Console of the output; None for the standard output.
        verbose: Whether to print all sentences and estimates, each failed image, and the analyses that were skipped.
    """
    out = console or Console()
    run, findings = conclusion.run, conclusion.findings
    out.print(Text(f"\n{run.title}", style="bold"))
    for line in _failures(conclusion.summary["images"]["failed"], NAMED if not verbose else None):
        out.print(Text(line))
    shown = findings.headline if verbose else {k: v for each in findings.made.values() for k, v in each.short.items()}
    if verbose:
        for finding in findings.made.values():
            if finding.sentence:
                out.print(Text(finding.sentence))
    if shown:
        out.print(estimate_table(shown))
    if verbose:
        for name, reason in findings.skipped.items():
            out.print(Text(f"analysis {name} is skipped: {reason}"))
    more = len(findings.headline) - len(shown)
    if more:
        out.print(Text(f"{more} more estimates and their sentences: verbose=true, or the report"))
    out.print(Text(f"\ntables, report, figures and summary in {run.directory}"), soft_wrap=True)


def show_line(conclusion: Conclusion, wanted: Sequence[str], console: Console | None = None) -> None:
    """Print the result of one run of a multirun on one line.

    Args:
        conclusion: The run and its findings.
        wanted: Names or patterns of estimates; the first that the run has is shown.
        console: Console of the output; None for the standard output.
    """
    run, headline = conclusion.run, conclusion.findings.headline
    name = next(iter(wanted_names(headline, wanted)), "")
    result = f", {name.partition('/')[0].replace('_', ' ')} {headline[name]}" if name else ""
    done = f"{len(run.succeeded)}/{len(run.images)} attacks"
    (console or Console()).print(Text(f"{run.directory.name}: {run.title}, {done}{result}"), soft_wrap=True)


def show_comparison(
    runs: Sequence[FinishedRun],
    headlines: Sequence[Mapping[str, Estimate]],
    findings: Findings,
    wanted: Sequence[str],
    console: Console | None = None,
    *,
    verbose: bool = False,
) -> None:
    """Print one table of the runs of a multirun; with `verbose`, what the analyses found between them too.

    Args:
        runs: The finished runs.
        headlines: Their estimates.
        findings: Results of the comparison.
        wanted: Names or patterns of estimates; those that the first run has are shown, at most `COLUMNS`.
        console: Console of the output; None for the standard output.
        verbose: Whether to print sentences and estimates of the comparison.
    """
    out = console or Console()
    first = headlines[0] if headlines else {}
    names = wanted_names(first, wanted)[:COLUMNS]
    table = Table("run", "", box=None, pad_edge=False)
    for name in names:
        table.add_column(Text(first[name].label or name))
    for run, told, headline in zip(runs, told_apart(runs), headlines, strict=True):
        values = (Text(str(headline.get(name, ""))) for name in names)
        table.add_row(run.name, Text(told if told != run.name else ""), *values)
    if runs:
        out.print(table)
    if not verbose:
        return
    for finding in findings.made.values():
        if finding.headline:
            out.print(Text(finding.sentence))
    if findings.headline:
        out.print(estimate_table(findings.headline))


def _failures(failed: list[dict[str, Any]], most: int | None) -> list[str]:
    """A line per reason, with its number of attacks and the first `most` of their images."""
    by_reason: dict[str, list[str]] = {}
    for failure in failed:
        by_reason.setdefault(failure["reason"], []).append(failure["image_id"])
    lines = []
    for reason, images in by_reason.items():
        rest = f", and {len(images) - most} more" if most is not None and len(images) > most else ""
        lines.append(f"  {len(images)} failed: {reason} ({', '.join(images[:most])}{rest})")
    return lines


def estimate_table(estimates: Mapping[str, Estimate]) -> Table:
    """One row per estimate: label, value, 95 % interval, unit."""
    table = Table("estimate", "value", "95 % interval", "unit", title_justify="left", box=None, pad_edge=False)
    for name, estimate in estimates.items():
        if not isnan(estimate.value):
            value = str(estimate).removesuffix(estimate.interval).strip()
            table.add_row(*(Text(text) for text in (estimate.label or name, value, estimate.interval, estimate.unit)))
    return table
