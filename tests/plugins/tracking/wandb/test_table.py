"""Tables for wandb: what an artifact and a run get of them is what wandb itself would write."""

import json

import numpy as np
import pandas as pd
import pytest
import wandb

from advspace_plugins.tracking.wandb.table import TYPED_ROWS, wandb_table

ROWS = 3 * TYPED_ROWS


@pytest.fixture
def frame():
    """A table with all kinds of columns that a run has; the last text and number come after the first rows."""
    late = np.where(np.arange(ROWS) == ROWS - 1, 0.5, np.nan)
    return pd.DataFrame(
        {
            "id": [f"image-{row}" for row in range(ROWS)],
            "share": np.linspace(0, 1, ROWS),
            "margin": np.where(np.arange(ROWS) % 2, np.nan, 0.25),
            "success": np.arange(ROWS) % 3 == 0,
            "class_counts": [np.array([row, 2]) for row in range(ROWS)],
            "late_number": late,
            "late_text": [None] * (ROWS - 1) + ["text"],
        }
    )


def stored(table):
    """What an artifact holds of a table."""
    made = table.to_json(wandb.Artifact("a", type="test"))
    return json.loads(json.dumps(made, sort_keys=True))


def test_an_artifact_gets_what_wandb_writes(frame):
    ours, theirs = stored(wandb_table(frame)), stored(wandb.Table(dataframe=frame))
    types, expected = (each.pop("column_types")["params"]["type_map"] for each in (ours, theirs))
    assert ours == theirs
    assert types.keys() == expected.keys()
    unequal = {name for name in types if types[name] != expected[name]}
    assert unequal == {"class_counts"}  # a list of numbers, where wandb sees an array of NumPy


def test_cells_are_plain_and_nothing_is_nan(frame):
    table = wandb_table(frame)
    kinds = {type(cell) for row in table.data for cell in row}
    assert kinds == {str, float, bool, list, type(None)}
    assert len(table.data) == ROWS
    assert [row[0] for row in table.data] == frame["id"].tolist()
    assert json.loads(json.dumps(table.data, allow_nan=False))[1][1:5] == [1 / (ROWS - 1), None, False, [1, 2]]


def test_types_are_known_of_columns_that_begin_empty(frame):
    types = stored(wandb_table(frame))["column_types"]["params"]["type_map"]
    for name, kind in (("late_text", "string"), ("late_number", "number")):
        kinds = {each["wb_type"] for each in types[name]["params"]["allowed_types"]}
        assert kinds == {"none", kind}


@pytest.mark.parametrize(
    "column",
    [[1, "two", 3.0], [pd.Timestamp("2026-01-31")] * 3, [{"a": 1}] * 3, [[0.5, float("nan")]] * 3],
    ids=["mixed", "times", "dicts", "lists of floats"],
)
def test_other_cells_go_wandbs_own_way(column):
    table = pd.DataFrame({"id": ["a", "b", "c"], "it": column})
    expected = wandb.Table(dataframe=table, allow_mixed_types=True)
    assert stored(wandb_table(table)) == stored(expected)
