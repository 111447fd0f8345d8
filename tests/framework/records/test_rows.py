"""Rows of probes: shares and their intervals."""

import pytest
from scipy.stats import binomtest

from advspace import ProbeRecord
from advspace.records.rows import probe_rows

COUNTS = [(0, 100, 0), (97, 2, 1), (5, 1, 1), (1, 0, 0), (33_334, 33_333, 33_333)]


def record(*counts):
    return ProbeRecord("a", 1, "original", "clip", 1.0, sum(counts), *counts, list(counts), 0.0, 0.1, 0.1, 0.0)


def test_intervals_are_scipys_whatever_other_rows_there_are():
    rows = probe_rows([record(*counts) for counts in COUNTS], {"noise": "gaussian"})
    for row, counts in zip(rows, COUNTS, strict=True):
        assert [row] == probe_rows([record(*counts)], {"noise": "gaussian"})
        assert row["noise"] == "gaussian"
        for outcome, count in zip(("target", "original", "other"), counts, strict=True):
            exact = binomtest(count, sum(counts)).proportion_ci(0.95, method="wilson")
            assert row[f"share_{outcome}"] == count / sum(counts)
            assert row[f"share_{outcome}_low"] == pytest.approx(exact.low, abs=1e-12)
            assert row[f"share_{outcome}_high"] == pytest.approx(exact.high, abs=1e-12)


def test_no_records_make_no_rows():
    assert probe_rows([], {"noise": "gaussian"}) == []
