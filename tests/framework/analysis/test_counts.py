"""Counts of probes, a row per attack and a column per scale."""

import pandas as pd

from advspace.analysis.counts import counts_by_scale

ROWS = pd.DataFrame(
    [("a", 1, 1.0, 10, 7), ("a", 1, 1.0, 10, 5), ("a", 1, 2.0, 10, 1), ("b", 2, 1.0, 20, 20)],
    columns=["image_id", "target", "scale", "draws", "hits"],
)


def test_records_are_added_and_only_common_scales_stay():
    number, trials = counts_by_scale(ROWS, "hits")
    assert number.index.tolist() == [("a", 1), ("b", 2)]
    assert number.columns.tolist() == [1.0]
    assert number[1.0].tolist() == [12, 20]
    assert trials[1.0].tolist() == [20, 20]
