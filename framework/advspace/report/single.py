"""The page of one run."""

from typing import Any

from advspace.analysis.finished_run import FinishedRun
from advspace.report.distortions import distortion_charts
from advspace.report.halves import box_colours, half_charts
from advspace.report.headline import facts, half_lines, sentence
from advspace.report.origin import files, place, settings, versions
from advspace.report.shares import share_charts
from advspace.report.table import first_cases, image_table
from advspace.report.tensors import look

MOST_PICTURES = 200
"""Attacks shown with pictures: 200 photographs make a page of at most 6 MB."""
MOST_NAMED = 12
"""Failed images named beside their reason; the table has them all."""


def run_page(run: FinishedRun) -> dict[str, Any]:
    """What the template `run.html` shows."""
    seen = look(run.directory, first_cases(run.images, MOST_PICTURES))
    good = run.succeeded
    groups = {
        "shares": share_charts(run.curves),
        "halves": half_charts(run),
        "distortions": distortion_charts(good, seen) if len(good) else [],
    }
    return {
        "title": f"{run.images['dataset'].iloc[0]} · {run.images['model'].iloc[0]}",
        "run": run,
        "sentence": sentence(run),
        "facts": facts(run),
        "half_lines": half_lines(run.summary),
        "groups": groups,
        "charts": {chart.name: chart.figure for charts in groups.values() for chart in charts},
        "boxes": box_colours(run.curves),
        "table": image_table(run, seen.pictures),
        "pictured": len(seen.pictures),
        "most_pictures": MOST_PICTURES,
        "failures": failures(run),
        "settings": settings(run.summary["settings"]),
        "versions": versions(run),
        "files": files(run.directory),
        "place": place(run.directory),
    }


def failures(run: FinishedRun) -> list[tuple[str, int, str]]:
    """Each reason, how often it came up, and for which images."""
    failed = run.images[~run.images["success"]]
    told = []
    for reason, rows in failed.groupby("reason", sort=False):
        ids = rows["image_id"].tolist()
        more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
        told.append((str(reason), len(ids), ", ".join(ids[:MOST_NAMED]) + more))
    return sorted(told, key=lambda row: -row[1])
