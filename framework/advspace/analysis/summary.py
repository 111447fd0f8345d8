"""Summary of a run in one file, for people and programs."""

import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from advspace.analysis.findings import Findings
from advspace.analysis.finished_run import FinishedRun
from advspace.files.atomic import write_text
from advspace.files.untrusted import json_text, read_json
from advspace.pasted import report_command
from advspace.run_directory import RunDirectory

PACKAGES = ("advspace", "torch", "pytorch-lightning", "scipy", "numpy")


@dataclass(frozen=True)
class Conclusion:
    """A run with its findings.

    Args:
        run: The run.
        findings: Results of its analyses.
        summary: The content of `summary.json`.
    """

    run: FinishedRun
    findings: Findings
    summary: dict[str, Any]


def summarise(run: FinishedRun, findings: Findings) -> dict[str, Any]:
    """Summarise a run.

    Args:
        run: The run.
        findings: Results of its analyses.

    Returns:
        Nested plain values: `images` (counts, failures, skipped images), `findings` (sentence and headline of each
        analysis), `skipped` and `failed_analyses` (with the reasons), `settings`, `versions`.
    """
    images, selection = run.images, run.plan.selection
    failed = images.loc[~images["success"], ["image_id", "target", "reason"]]
    return {
        "title": run.title,
        "images": {
            "attacked": images["image_id"].nunique(),
            "attacks": len(images),
            "succeeded": len(run.succeeded),
            "failed": failed.to_dict("records"),
            "misclassified": selection.misclassified,
            "of_target_class": selection.on_target,
            "unreadable": selection.unreadable,
            "unlabelled": images.loc[~images["labelled"], "image_id"].nunique(),
        },
        **findings.to_dict(),
        "settings": run.settings,
        "versions": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
    }


def write_summary(run: RunDirectory, summary: dict[str, Any]) -> None:
    """Write `summary.json`.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    write_text(run.summary, json_text(summary))


def read_summary(run: RunDirectory) -> dict[str, Any] | None:
    """The summary of a run; None if the run is not finished, or was made by a version without findings."""
    if not run.summary.exists():
        return None
    summary = read_json(run.summary, f"make it again: {report_command(run.path)}")
    return summary if "findings" in summary else None


def headline(summary: dict[str, Any]) -> dict[str, Any]:
    """The estimates of a run in one flat row: value, ends of the interval, and kind of censoring."""
    row: dict[str, Any] = {name: summary["images"][name] for name in ("attacked", "attacks", "succeeded")}
    for finding in summary["findings"].values():
        for name, estimate in finding["headline"].items():
            row[name] = estimate["value"]
            if estimate["low"] is not None:
                row |= {f"{name}_low": estimate["low"], f"{name}_high": estimate["high"]}
            if estimate["censored"]:
                row[f"{name}_censored"] = estimate["censored"]
    return row
