"""The tables about single draws, read back: classes of the draws, and draws kept at two scales."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from advspace.probe.draws import JOINT, LABELS
from advspace.records.tables import CaseKey, read_own_table, read_tables
from advspace.shapes import Frame

T = TypeVar("T")
Around = tuple[str, str]
"""A center and a box policy."""
NO_DRAW = -1


@dataclass(frozen=True, eq=False)
class Labels:
    """The classes of the draws around one center with one box policy.

    Args:
        scales: Scale of each row.
        classes: Class of each draw, of shape (scales, draws); -1 where a scale has fewer draws than another.
        shared_draws: Whether column n is the same draw at every scale: a ray from the center.
    """

    scales: NDArray[np.float64]
    classes: NDArray[np.int32]
    shared_draws: bool


@dataclass(frozen=True, eq=False)
class Joint:
    """The draws that are kept at two scales, around one center with one box policy.

    Args:
        scales: Scale of each row and column.
        counts: C[i, j] draws are kept at scale i and at scale j; on the diagonal those kept at one scale.
        draws: Number of draws that all scales have.
    """

    scales: NDArray[np.float64]
    counts: NDArray[np.int64]
    draws: int


def read_labels(directory: Path) -> dict[CaseKey, dict[Around, Labels]]:
    """The classes of all draws of a run: by attack, then by center and box policy.

    Args:
        directory: The run directory.

    Returns:
        No attack if the run did not keep them (`probe.keep_labels`).

    Raises:
        AdvspaceError: there is no table in `directory`, or a part cannot be read.
    """
    return labels_of(_read(directory, LABELS))


def read_joint(directory: Path) -> dict[CaseKey, dict[Around, Joint]]:
    """The counts of draws kept at two scales: by attack, then by center and box policy.

    Args:
        directory: The run directory.

    Returns:
        No attack if the scales of the run do not share their draws (`probe.shared_draws`).

    Raises:
        AdvspaceError: there is no table in `directory`, or a part cannot be read.
    """
    return joint_of(_read(directory, JOINT))


def labels_of(table: Frame) -> dict[CaseKey, dict[Around, Labels]]:
    """The classes of all draws in the table `labels`: by attack, then by center and box policy."""
    return _by_attack(table, _labels)


def joint_of(table: Frame) -> dict[CaseKey, dict[Around, Joint]]:
    """The counts in the table `joint`: by attack, then by center and box policy."""
    return _by_attack(table, _joint)


def _read(directory: Path, name: str) -> Frame:
    images, _ = read_tables(directory)
    return read_own_table(directory, name, images)


def _by_attack(table: Frame, of: Callable[[Mapping[Any, Any]], T]) -> dict[CaseKey, dict[Around, T]]:
    result: dict[CaseKey, dict[Around, T]] = {}
    rows: list[dict[Any, Any]] = table.to_dict("records")
    for row in rows:
        result.setdefault((row["image_id"], row["target"]), {})[row["center"], row["box"]] = of(row)
    return result


def _labels(row: Mapping[Any, Any]) -> Labels:
    values, draws = np.frombuffer(row["labels"], dtype=f"<u{row['width']}"), row["draws"]
    classes = np.full((len(draws), max(draws)), NO_DRAW, dtype=np.int32)
    for index, (end, count) in enumerate(zip(np.cumsum(draws), draws, strict=True)):
        classes[index, :count] = values[end - count : end]
    return Labels(np.asarray(row["scales"]), classes, bool(row["shared_draws"]))


def _joint(row: Mapping[Any, Any]) -> Joint:
    size = len(row["scales"])
    counts = np.asarray(row["joint"], dtype=np.int64).reshape(size, size)
    return Joint(np.asarray(row["scales"]), counts, int(row["draws"]))
