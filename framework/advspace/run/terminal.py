"""Results of a run on the terminal: the main estimates of each analysis, or all that they say."""

from collections.abc import Mapping
from math import isnan
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advspace.analysis.contract import Estimate
from advspace.analysis.findings import Findings
from advspace.analysis.summary import Conclusion

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


def show_comparison(findings: Findings, console: Console | None = None) -> None:
    """Print the sentences and the estimates of analyses that compared several runs with estimates.

    Args:
        findings: Results of the comparison.
        console: Console of the output; None for the standard output.
    """
    out = console or Console()
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
