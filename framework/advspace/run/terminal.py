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
from advspace.run.estimate_tables import by_place, estimate_table, fitting_table, place_table
from advspace.run_directory import RunDirectory

NAMED = 3
"""Most images that are named for one reason of failure."""


def show(
    conclusion: Conclusion, wanted: Sequence[str] = (), console: Console | None = None, *, verbose: bool = False
) -> None:
    """Print the results of a run: what was done, failures, the main estimates, and where the report is.

    Args:
        conclusion: The run and its findings.
        wanted: Names or patterns of estimates that stand first in the table.
        console: Console of the output; None for the standard output.
        verbose: Whether to print all sentences and estimates, each failed image, and the analyses that were skipped.
    """
    out = console or Console()
    run = conclusion.run
    done = f"{len(run.succeeded)} of {len(run.images)} attacks succeeded"
    out.print(Text(f"\n{run.title}: {done}", style="bold"))
    for line in _failures(conclusion.summary["images"]["failed"], NAMED if not verbose else None):
        out.print(Text(line))
    (_all if verbose else _main)(conclusion, wanted, out)
    out.print(Text(f"report: {RunDirectory(run.directory).report} (tables and figures beside it)"), soft_wrap=True)


def _main(conclusion: Conclusion, wanted: Sequence[str], out: Console) -> None:
    """The main estimates: a table of centers and box policies, and a row for each of the others."""
    run, findings = conclusion.run, conclusion.findings
    short = findings.short
    ordered = {name: short[name] for name in wanted_names(short, [*wanted, "*"])}
    grid = by_place(ordered, [(curve.center, curve.box) for curve in run.curves])
    shown: list[str] = []
    if grid:
        table, shown = place_table(grid, out.width)
        out.print(table)
        out.print()
    placed = {f"{name}/{'/'.join(place)}" for name, each in grid.items() for place in each}
    others = {name: each for name, each in short.items() if name not in placed and not isnan(each.value)}
    if others:
        out.print(estimate_table(others))
    more = len(findings.headline) - len(others) - sum(len(grid[name]) for name in shown)
    if more:
        out.print(Text(f"{more} more estimates: in the report, or with verbose=true"))


def _all(conclusion: Conclusion, wanted: Sequence[str], out: Console) -> None:
    """Each sentence, each estimate, and the analyses that were skipped."""
    del wanted
    findings = conclusion.findings
    for finding in findings.made.values():
        if finding.sentence:
            out.print(Text(finding.sentence))
    if findings.headline:
        out.print(estimate_table(findings.headline))
    for name, reason in findings.skipped.items():
        out.print(Text(f"analysis {name} is skipped: {reason}"))


def show_line(conclusion: Conclusion, wanted: Sequence[str], console: Console | None = None, *, name: str = "") -> None:
    """Print the result of one run of a multirun on one line.

    Args:
        conclusion: The run and its findings.
        wanted: Names or patterns of estimates; the first that the run has is shown.
        console: Console of the output; None for the standard output.
        name: What tells the run from the others; if empty, its plugins are said.
    """
    run, headline = conclusion.run, conclusion.findings.headline
    first = next(iter(wanted_names(headline, wanted)), "")
    result = f", {first.partition('/')[0].replace('_', ' ')} {headline[first]}" if first else ""
    done = f"{len(run.succeeded)}/{len(run.images)} attacks"
    (console or Console()).print(Text(f"{run.directory.name}: {name or run.title}, {done}{result}"), soft_wrap=True)


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
        wanted: Names or patterns of estimates; those that fit are shown, or any if the first run has none of them.
        console: Console of the output; None for the standard output.
        verbose: Whether to print sentences and estimates of the comparison.
    """
    out = console or Console()
    if runs:
        out.print(Text())
        out.print(_runs_table(runs, headlines, wanted, out.width))
    if not verbose:
        return
    for finding in findings.made.values():
        if finding.headline:
            out.print(Text(finding.sentence))
    if findings.headline:
        out.print(estimate_table(findings.headline))


def _runs_table(
    runs: Sequence[FinishedRun], headlines: Sequence[Mapping[str, Estimate]], wanted: Sequence[str], width: int
) -> Table:
    """One row per run: its number, what tells it from the others, its attacks, and the estimates that fit."""
    first = headlines[0]
    names = wanted_names(first, wanted) or list(first)
    told = [text if text != run.name else "" for run, text in zip(runs, told_apart(runs), strict=True)]
    attacks = [f"{len(run.succeeded)}/{len(run.images)}" for run in runs]
    columns = {name: [str(headline.get(name, "")) for headline in headlines] for name in names}
    left = {"run": [run.name for run in runs], "settings": told, "attacks": attacks}
    return fitting_table(left, columns, {name: first[name].label or name for name in names}, width)[0]


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
