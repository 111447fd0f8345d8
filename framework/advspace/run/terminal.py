"""What a run found, on the terminal: a sentence and the estimates of each analysis."""

from math import isnan

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advspace.analysis.findings import Findings
from advspace.analysis.summary import Conclusion


def show(conclusion: Conclusion, console: Console | None = None) -> None:
    """Print what a run found.

    Args:
        conclusion: The run and what its analyses found.
        console: Where to; the standard output, unless given.
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


def estimate_table(findings: Findings) -> Table:
    """A row per estimate: what it is, its value, its 95 % interval, its unit."""
    table = Table("estimate", "value", "95 % interval", "unit", title_justify="left", box=None, pad_edge=False)
    for name, estimate in findings.headline.items():
        if not isnan(estimate.value):
            value = str(estimate).removesuffix(estimate.interval).strip()
            table.add_row(*(Text(text) for text in (estimate.label or name, value, estimate.interval, estimate.unit)))
    return table
