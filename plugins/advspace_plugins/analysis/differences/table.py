"""Rows of differences as a table: intervals, p-values for each family, decisions, images needed."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from advspace.comparison.pairing import Difference
from advspace.shapes import Frame
from advspace.statistics.equivalence import (
    p_beyond,
    p_equivalent,
    p_zero,
    units_for_difference,
    units_for_equivalence,
)
from advspace.statistics.multiplicity import holm
from advspace_plugins.analysis.differences.rows import HALF_SCALE, Row

MOST_BEYOND = 0.05
"""Largest share of attacks with half scales beyond the ladder for which equivalence can be said."""
ZERO = 1e-6
"""A difference below this share of its standard deviation is none: no number of images would show it."""
NAN = float("nan")
FAMILIES = ("p", "p_equivalent", "p_beyond")


def table_of(rows: Sequence[Row], equivalence: float, confidence: float) -> Frame:
    """One row per difference; see `Differences` for the columns.

    Args:
        rows: The differences.
        equivalence: Largest difference of half scales that does not matter, octaves.
        confidence: Coverage of the intervals; tests are at one minus it.
    """
    import pandas as pd

    table = pd.DataFrame([_plain(row, equivalence, confidence) for row in rows])
    for name in FAMILIES:
        table[f"{name}_holm"] = table.groupby("quantity")[name].transform(lambda values: holm(values.to_numpy()))
    alpha = 1 - confidence
    known, within, beyond = table["quantity"] == HALF_SCALE, table["p_equivalent_holm"], table["p_beyond_holm"]
    decided = np.select([within <= alpha, beyond <= alpha], ["yes", "no"], "undecided")
    table["equivalent"] = np.where(known, decided, "")
    table["different"] = np.where(table["p_holm"] <= alpha, "yes", "undecided")
    return table[list(COLUMNS)]


COLUMNS = (
    *("axis", "group", "pair", "center", "box", "quantity", "scale", "unit"),
    *("difference", "low", "high", "p", "p_holm", "different", "p_equivalent_holm", "p_beyond_holm", "equivalent"),
    *("paired", "images", "other_images", "unshared", "censored", "left_out"),
    *("images_for_difference", "images_for_equivalence"),
)


def _plain(row: Row, equivalence: float, confidence: float) -> dict[str, Any]:
    found = row.difference
    names = {"axis": row.contrast.axis, "group": row.contrast.group, "pair": row.pair}
    cell = {"center": row.center, "box": row.box, "quantity": row.quantity, "scale": row.scale, "unit": row.unit}
    counts = {name: getattr(found, name) for name in ("images", "other_images", "unshared", "censored", "left_out")}
    paired = {"paired": "yes" if found.paired else "no"}
    return names | cell | _tests(row, equivalence, confidence) | paired | counts | _needed(row, equivalence, confidence)


def _tests(row: Row, equivalence: float, confidence: float) -> dict[str, float]:
    mean = row.difference.mean
    if mean is None:
        return dict.fromkeys(("difference", "low", "high", *FAMILIES), NAN)
    low, high = (end if isfinite(end) else NAN for end in mean.interval(confidence))
    result = {"difference": mean.mean, "low": low, "high": high, "p": p_zero(mean)}
    octaves = row.quantity == HALF_SCALE
    within = p_equivalent(mean, equivalence) if octaves and row.difference.beyond <= MOST_BEYOND else NAN
    return result | {"p_equivalent": within, "p_beyond": p_beyond(mean, equivalence) if octaves else NAN}


def _needed(row: Row, equivalence: float, confidence: float) -> dict[str, float]:
    """Images that would decide; NaN where nothing is known of their spread."""
    found, alpha = row.difference, 1 - confidence
    if not _spread(found) or found.mean is None:
        return {"images_for_difference": NAN, "images_for_equivalence": NAN}
    distance = found.mean.mean
    different = units_for_difference(found.sd, distance, alpha) if abs(distance) > ZERO * found.sd else NAN
    octaves = row.quantity == HALF_SCALE
    equivalent = units_for_equivalence(found.sd, equivalence, alpha) if octaves else NAN
    return {"images_for_difference": different, "images_for_equivalence": equivalent}


def _spread(found: Difference) -> bool:
    return isfinite(found.sd) and found.sd > 0
