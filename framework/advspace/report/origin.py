"""Where a report's figures come from: settings, versions, files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advspace.analysis.finished_run import FinishedRun
from advspace.analysis.summary import SUMMARY
from advspace.records.tables import IMAGES, PROBES, TENSORS
from advspace.registry.registry import KINDS
from advspace.selection.plan import PLAN

FILES = {
    IMAGES: "a row per attack",
    PROBES: "a row per attack, center, box policy and scale",
    TENSORS: "originals and adversarials (safetensors)",
    "figures": "the figures as PNG and SVG",
    SUMMARY: "curves, half scales, failures, settings, versions",
    PLAN: "images, targets, class names, digest of the weights",
}


@dataclass(frozen=True)
class File:
    """A file or folder beside the page."""

    name: str
    told: str


def files(directory: Path) -> list[File]:
    """What lies beside the page."""
    return [File(name, told) for name, told in FILES.items() if (directory / name).exists()]


def place(directory: Path) -> str:
    """The directory's last two names, which tell runs apart; not the whole path, for pages are sent to others."""
    return "/".join(directory.resolve().parts[-2:])


def settings(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Settings by their dotted names, as they are typed."""
    result: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            result |= settings(value, f"{prefix}{key}.")
        else:
            result[f"{prefix}{key}"] = "null" if value is None else str(value)
    return result


def versions(result: FinishedRun) -> dict[str, str]:
    """Versions of the packages, and which package each plugin comes from."""
    tables = [table.iloc[0].to_dict() for table in (result.images, result.probes) if len(table)]
    row = {name: value for table in tables for name, value in table.items()}
    plugins = {f"{kind} {row[kind]}": str(row[f"{kind}_version"]) for kind in KINDS if f"{kind}_version" in row}
    return plugins | {name: str(version) for name, version in result.summary["versions"].items()}
