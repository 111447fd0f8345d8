"""The page of one run."""

from typing import Any

from advspace.analysis.findings import Findings
from advspace.analysis.finished_run import FinishedRun
from advspace.report.citation import bibtex
from advspace.report.origin import files, settings, versions
from advspace.report.pictures import pictures
from advspace.report.sections import chart_data, facts, sections
from advspace.report.table import first_cases, image_table
from advspace.run_directory import RunDirectory

MOST_PICTURES = 200
"""Most attacks with pictures: with 200 photographs a page has at most 6 MB."""


def run_page(run: FinishedRun, findings: Findings, summary: dict[str, Any]) -> dict[str, Any]:
    """Variables of the template `run.html`.

    Args:
        run: The run.
        findings: Results of its analyses.
        summary: The content of `summary.json`.
    """
    short, headline = findings.short, findings.headline
    pictured = {case: pictures(pair) for case, pair in run.tensors(first_cases(run.images, MOST_PICTURES))}
    return {
        "title": run.subject,
        "run": run,
        "sentence": sentence(run),
        "facts": facts(short),
        "more_facts": facts({name: each for name, each in headline.items() if name not in short}),
        "sections": sections(findings),
        "skipped": findings.skipped,
        "failed_analyses": findings.reasons,
        "charts": chart_data(findings),
        "table": image_table(run, findings, pictured),
        "pictured": len(pictured),
        "most_pictures": MOST_PICTURES,
        "settings": settings(summary["settings"]),
        "versions": versions(run, summary),
        "files": files(RunDirectory(run.directory)),
        "place": RunDirectory(run.directory).label,
        "comparison": comparison_link(RunDirectory(run.directory)),
        "bibtex": bibtex(summary["versions"]["advspace"]),
    }


def comparison_link(run: RunDirectory) -> str:
    """Address of the comparison of a run's multirun, relative to the run's page; empty if it is in no multirun.

    The comparison is written when the multirun ends, so the page may be older.
    """
    multirun = run.multirun
    if multirun is None:
        return ""
    up = len(run.path.absolute().relative_to(multirun.path).parts)
    return "../" * up + multirun.report.name


def sentence(run: FinishedRun) -> str:
    """The run in one sentence."""
    first = run.images.iloc[0]
    images, attacks = run.images["image_id"].nunique(), len(run.images)
    targeted = "targeted" if first["targeted"] else "untargeted"
    how = f"with {run.called('noise')} noise" if run.measure.noise else f"by {run.called('probe')}"
    probed = f", then probed {how}" if len(run.probes) or run.own_tables else ""
    attack = run.title.removeprefix(f"{run.subject}, ").split(", ")[0]
    return (
        f"{counted(images, 'image')} of {run.called('dataset')}, {counted(attacks, targeted + ' attack')} by {attack} "
        f"on {run.called('model')}{probed}."
    )


def counted(count: int, noun: str) -> str:
    """`1 image`, `2 images`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")
