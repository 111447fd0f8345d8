"""Rows of probes: shares and their intervals, by column."""

import pytest
from scipy.stats import binomtest

from advspace import AdvspaceError, ProbeRecord
from advspace.records.rows import probe_rows
from advspace.records.tables import _columns, _parquet

COUNTS = [(0, 100, 0), (97, 2, 1), (5, 1, 1), (1, 0, 0), (33_334, 33_333, 33_333)]
PLUGINS = {"noise": "gaussian", "probe": "lines"}


def record(*counts, **extra):
    return ProbeRecord("a", 1, "original", "clip", 1.0, sum(counts), *counts, list(counts), 0.0, 0.1, 0.1, 0.0, extra)


def rows_of(table):
    """The rows of a table that is given by columns, as plain Python values."""
    values = [getattr(column, "tolist", lambda column=column: column)() for column in table.values()]
    return [dict(zip(table, row, strict=True)) for row in zip(*values, strict=True)]


def test_intervals_are_scipys_whatever_other_rows_there_are():
    rows = rows_of(probe_rows([record(*counts) for counts in COUNTS], PLUGINS))
    for row, counts in zip(rows, COUNTS, strict=True):
        assert [row] == rows_of(probe_rows([record(*counts)], PLUGINS))
        assert row["noise"] == "gaussian"
        for outcome, count in zip(("target", "original", "other"), counts, strict=True):
            exact = binomtest(count, sum(counts)).proportion_ci(0.95, method="wilson")
            assert row[f"share_{outcome}"] == count / sum(counts)
            assert row[f"share_{outcome}_low"] == pytest.approx(exact.low, abs=1e-12)
            assert row[f"share_{outcome}_high"] == pytest.approx(exact.high, abs=1e-12)


def test_files_are_those_of_one_dict_per_row():
    """Byte for byte: a row's own columns, then those of the plugins; columns that only later rows have come last."""
    records = [record(*COUNTS[0], side="left"), record(*COUNTS[1]), record(*COUNTS[2], side="right", turn=2)]
    rows = []
    for each in records:
        fields = {name: value for name, value in vars(each).items() if name != "extra"}
        (alone,) = rows_of(probe_rows([each], {}))
        shares = {name: alone[name] for name in alone if name.startswith("share_")}
        rows.append(fields | shares | each.extra | PLUGINS)
    assert list(rows[2])[-4:] == ["side", "turn", "noise", "probe"]
    table = probe_rows(records, PLUGINS)
    assert list(table)[-4:] == ["side", "noise", "probe", "turn"]
    assert _parquet(table) == _parquet(_columns(rows))


@pytest.mark.parametrize("taken", ["draws", "share_target_low", "noise"])
def test_an_extra_column_needs_a_name_of_its_own(taken):
    with pytest.raises(AdvspaceError, match=f"^probe 'lines' has an extra column '{taken}', which the table has alrea"):
        probe_rows([record(1, 0, 0), record(1, 0, 0, **{taken: 1})], PLUGINS)


def test_no_records_make_no_rows():
    assert probe_rows([], PLUGINS) == {}
