"""Results of a run on the terminal: the sentence and the estimates of each analysis."""

from math import isnan

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advspace.analysis.findings import Findings
from advspace.analysis.summary import Conclusion


def show(conclusion: Conclusion, console: Console | None = None) -> None:
    """Print the results of a run.

    Args:
        conclusion: The run and its findings.
        console: Console of the output; None for the standard output.
    """
    out = console or Console()
    run, findings = conclusion.run, conclusion.findings
    out.print(Text(f"\n{run.title}", style="bold"))
    for failure in conclusion.summary["images"]["failed"]:
        out.print(Text(f"  {failure['image_id']}: {failure['reason']}"))
    for finding in findings.made.values():
        if finding.sentence:
            out.print(Text(finding.sentence))
    if findings.headline:
        out.print(estimate_table(findings))
    for name, reason in findings.skipped.items():
        out.print(Text(f"analysis {name} is skipped: {reason}"))
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
        out.print(estimate_table(findings))


def estimate_table(findings: Findings) -> Table:
    """One row per estimate: label, value, 95 % interval, unit."""
    table = Table("estimate", "value", "95 % interval", "unit", title_justify="left", box=None, pad_edge=False)
    for name, estimate in findings.headline.items():
        if not isnan(estimate.value):
            value = str(estimate).removesuffix(estimate.interval).strip()
            table.add_row(*(Text(text) for text in (estimate.label or name, value, estimate.interval, estimate.unit)))
    return table
