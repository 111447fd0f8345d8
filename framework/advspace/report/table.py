"""Tables that a page can sort: every cell has a sort key."""

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from advspace.analysis.contract import Estimate
from advspace.analysis.findings import Findings
from advspace.analysis.finished_run import FinishedRun
from advspace.records.tables import CASE, CaseKey
from advspace.report.pictures import Pictures

Key = str | float | None


@dataclass(frozen=True)
class Column:
    """A column.

    Args:
        title: Heading.
        numeric: Whether it is sorted by number.
        hint: Explanation, shown when the mouse is over the heading.
        more: Whether it is shown only when the reader asks for all columns.
    """

    title: str
    numeric: bool
    hint: str = ""
    more: bool = False

    @property
    def letters(self) -> int:
        """Width at which the heading has at most three lines and no broken word, letters."""
        words = self.title.split() or [""]
        return max(len(self.title) // 3 + 3, *(len(word) + 3 for word in words))


@dataclass(frozen=True)
class Cell:
    """Text and sort key of a cell; cells without a key come last.

    Args:
        text: Text of the cell.
        key: Sort key.
        link: Address that the text leads to.
        note: Text in small letters below, in the first column, which stays when the table is scrolled.
    """

    text: str
    key: Key
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns, and the pictures of an attack, if any."""

    cells: list[Cell]
    failed: bool = False
    pictures: Pictures | None = None


@dataclass(frozen=True)
class Table:
    """A table that a page can sort."""

    columns: list[Column]
    rows: list[Row]

    @property
    def more(self) -> int:
        """Number of columns that are shown only when the reader asks for them."""
        return sum(column.more for column in self.columns)


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


def image_table(run: FinishedRun, findings: Findings, pictures: Mapping[CaseKey, Pictures]) -> Table:
    """Every attack of a run, in the order of the tables, with the analyses' columns.

    Args:
        run: The run.
        findings: Results of its analyses.
        pictures: Pictures by attack; some attacks may have none.
    """
    beside = [finding.attacks.set_index(CASE) for finding in findings.made.values() if len(finding.attacks.columns)]
    columns = [Column(str(name), _numeric(table[name])) for table in beside for name in table]
    known = [dict(zip(table.index, table[name], strict=True)) for table in beside for name in table]
    rows = []
    for row in run.images.to_dict("records"):
        case = (row["image_id"], row["target"])
        more = [cell(values.get(case)) for values in known]
        rows.append(Row([*_cells(run, row), *more], not row["success"], pictures.get(case)))
    return Table([*IMAGE_COLUMNS, *columns], rows)


def plain_table(frame: pd.DataFrame) -> Table:
    """Any table."""
    columns = [Column(str(name).replace("_", " "), _numeric(frame[name])) for name in frame]
    return Table(columns, [Row([cell(value) for value in row]) for row in frame.itertuples(index=False, name=None)])


def first_cases(images: pd.DataFrame, most: int) -> list[CaseKey]:
    """The first `most` successful attacks of a table of images."""
    return list(images.loc[images["success"], CASE].head(most).itertuples(index=False, name=None))


def cell(value: Any) -> Cell:
    """A cell with a text, a number, an estimate (a censored one is sorted before or after all others), or nothing."""
    if isinstance(value, Estimate):
        key = {"below": -math.inf, "above": math.inf}.get(value.censored, value.value)
        return Cell(str(value), None if math.isnan(key) else key)
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return number_cell(value)
    return Cell("", None) if value is None else Cell(str(value), str(value))


def number_cell(value: numbers.Real) -> Cell:
    """A cell with a number: integers with all digits, others with three."""
    if not math.isfinite(value):
        return Cell("", None)
    return Cell(str(value) if isinstance(value, numbers.Integral) else f"{value:#.3g}".rstrip("."), float(value))


def _numeric(values: "pd.Series[Any]") -> bool:
    return all(isinstance(value, numbers.Real | Estimate) for value in values)


def _cells(run: FinishedRun, row: dict[Any, Any]) -> list[Cell]:
    outcome = "reached" if row["success"] else row["reason"]
    texts = [row["image_id"], run.class_name(row["label"]), run.class_name(row["target"]), outcome]
    return [cell(value) for value in (*texts, row["l2"], row["margin"], row["c"], row["evaluations"])]
