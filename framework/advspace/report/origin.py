"""Settings, versions and files of a report's results."""

from dataclasses import dataclass
from typing import Any

from advspace.analysis.finished_run import FinishedRun
from advspace.registry.registry import RUN_KINDS
from advspace.run_directory import RunDirectory


@dataclass(frozen=True)
class File:
    """A file or folder beside the page."""

    name: str
    text: str


def files(run: RunDirectory) -> list[File]:
    """The files beside the page."""
    texts = {
        run.images: "a row per attack",
        run.probes: "a row per attack, center, box policy and scale",
        run.own_tables: "the probe's own tables",
        run.tensors: "originals and adversarials (safetensors)",
        run.analysis: "the tables of the analyses",
        run.figures: "the charts as PNG, SVG and PDF",
        run.summary: "estimates, failures, settings, versions",
        run.plan: "images, targets, names of the classes, digest of the weights",
    }
    return [File(path.name, text) for path, text in texts.items() if path.exists()]


def settings(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Settings by their dotted names, as on the command line."""
    result: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            result |= settings(value, f"{prefix}{key}.")
        else:
            result[f"{prefix}{key}"] = "null" if value is None else str(value)
    return result


def versions(run: FinishedRun, summary: dict[str, Any]) -> dict[str, str]:
    """Versions of the packages, and the package and version of each plugin."""
    tables = [table.iloc[0].to_dict() for table in (run.images, run.probes) if len(table)]
    row = {name: value for table in tables for name, value in table.items()}
    plugins = {f"{kind} {row[kind]}": str(row[f"{kind}_version"]) for kind in RUN_KINDS if f"{kind}_version" in row}
    return plugins | {name: str(version) for name, version in summary["versions"].items()}
