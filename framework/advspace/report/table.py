"""The table of images: a row per attack, every cell with what it is sorted by."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from advspace.analysis.appearance import BOXES
from advspace.analysis.curves import Curve
from advspace.analysis.finished_run import FinishedRun
from advspace.records.tables import CASE, CaseKey
from advspace.report.pictures import Pictures
from advspace.statistics.half_scale import HalfScale

Key = str | float | None


@dataclass(frozen=True)
class Column:
    """A column.

    Args:
        title: Its heading.
        numeric: Whether it is sorted by number.
        hint: What it means, for who hovers over the heading.
    """

    title: str
    numeric: bool
    hint: str = ""


@dataclass(frozen=True)
class Cell:
    """What a cell says and what it is sorted by; without a key it comes last."""

    text: str
    key: Key
    link: str = ""


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns, and an attack's pictures where they are shown."""

    cells: list[Cell]
    failed: bool = False
    pictures: Pictures | None = None


@dataclass(frozen=True)
class Table:
    """A table that a page can sort."""

    columns: list[Column]
    rows: list[Row]


IMAGE_COLUMNS = [
    Column("image", False),
    Column("label", False, "the class of the original"),
    Column("target", False, "the class that the attack aimed at, or reached"),
    Column("result", False, "whether the model gives the target, or why not"),
    Column("L2", True, "Euclidean norm of the distortion, pixels in [0, 1]"),
    Column("margin", True, "target logit minus the largest other"),
    Column("c", True, "weight of the distortion in the objective"),
    Column("evaluations", True, "gradients spent"),
]


def image_table(run: FinishedRun, pictures: dict[CaseKey, Pictures]) -> Table:
    """Every attack of a run, in the order of the tables.

    Args:
        run: The run.
        pictures: Of the attacks that are shown.
    """
    halves = [(curve, dict(zip(_cases(curve), curve.halves, strict=True))) for curve in _told(run.curves)]
    columns = [*IMAGE_COLUMNS, *(_half_column(curve) for curve, _ in halves)]
    rows = []
    for row in run.images.to_dict("records"):
        case = (row["image_id"], row["target"])
        cells = [*_cells(run, row), *(half_cell(of_case.get(case)) for _, of_case in halves)]
        rows.append(Row(cells, not row["success"], pictures.get(case)))
    return Table(columns, rows)


def first_cases(images: pd.DataFrame, most: int) -> set[CaseKey]:
    """The first `most` attacks of a table of images."""
    return set(images[CASE].head(most).itertuples(index=False, name=None))


def half_cell(half: HalfScale | None) -> Cell:
    """A half scale; a censored one is sorted beyond its end of the ladder."""
    if half is None or math.isnan(half.scale):
        return Cell("", None)
    return Cell(str(half), {"below": -math.inf, "": half.scale, "above": math.inf}[half.censored])


def number_cell(value: float | None) -> Cell:
    """A count as it is, any other number with three digits."""
    if value is None or not math.isfinite(value):
        return Cell("", None)
    return Cell(str(value) if isinstance(value, int) else f"{value:#.3g}".rstrip("."), float(value))


def _cells(run: FinishedRun, row: dict[Any, Any]) -> list[Cell]:
    outcome = "reached" if row["success"] else row["reason"]
    names = [row["image_id"], run.class_name(row["label"]), run.class_name(row["target"]), outcome]
    numbers = [row["l2"], row["margin"], row["c"], row["evaluations"]]
    return [*(Cell(name, name) for name in names), *(number_cell(value) for value in numbers)]


def _told(curves: list[Curve]) -> list[Curve]:
    """The curves around adversarials, or, where only originals were probed, those."""
    return [curve for curve in curves if curve.center == "adversarial"] or curves


def _half_column(curve: Curve) -> Column:
    box = BOXES.get(curve.box, curve.box)
    return Column(f"half scale, {box}", True, f"noise at which half of the probes around the {curve.center} are lost")


def _cases(curve: Curve) -> list[CaseKey]:
    return list(zip(curve.image_ids, curve.targets, strict=True))
