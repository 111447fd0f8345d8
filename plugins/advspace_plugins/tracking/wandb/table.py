"""Tables for wandb, without its look at each cell, which takes four times as long as all else."""

from functools import partial
from typing import Any

import numpy as np

from advspace.shapes import Frame

TYPED_ROWS = 20
Cells = list[list[Any]]


def wandb_table(table: Frame) -> Any:
    """A table for wandb; missing values are None.

    wandb takes the types of the columns from the first rows, and from the first row of each column that has a value.
    Columns of plain texts and numbers are stored as they are.  A table with any other column goes wandb's own way, and
    its types are not checked.

    Args:
        table: Any table; it should not be long, because wandb writes each cell twice.
    """
    import wandb

    columns = [_plain(table[name]) for name in table]
    if any(column is None for column in columns):
        return wandb.Table(dataframe=table, allow_mixed_types=True)
    rows: Cells = [list(row) for row in zip(*filter(None, columns), strict=True)]
    result: Any = wandb.Table(columns=list(table.columns), data=[rows[row] for row in _typical(table)])
    result.data = rows
    result.to_json = partial(_stored, result, result.to_json)
    return result


def _plain(column: Any) -> list[Any] | None:
    """The cells of a column as texts, numbers, or lists of integers; None if they are anything else or mixed."""
    import pyarrow as pa

    try:
        cells = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError):
        return None
    is_, of = pa.types, cells.type
    single = (is_.is_boolean, is_.is_integer, is_.is_floating, is_.is_string, is_.is_large_string, is_.is_null)
    integers = is_.is_list(of) and is_.is_integer(of.value_type)
    return cells.to_pylist() if integers or any(each(of) for each in single) else None


def _typical(table: Frame) -> list[int]:
    """The first rows, and the first with a value of each column."""
    valued = table.notna().to_numpy()
    return sorted({*range(min(TYPED_ROWS, len(table))), *np.argmax(valued, axis=0).tolist()})


def _stored(table: Any, to_json: Any, target: Any) -> dict[str, Any]:
    """What wandb stores of a table of plain cells: they go into an artifact as they are."""
    import wandb

    if not isinstance(target, wandb.Artifact):
        return dict(to_json(target))
    cells, table.data = table.data, []
    try:
        return {**to_json(target), "data": cells, "nrows": len(cells)}
    finally:
        table.data = cells
