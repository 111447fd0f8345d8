"""What the differences say, in words."""

from collections.abc import Sequence

import numpy as np

from advspace.analysis.appearance import BOXES, around
from advspace.shapes import Column, Frame
from advspace_plugins.analysis.differences.rows import HALF_SCALE
from advspace_plugins.analysis.differences.table import MOST_BEYOND

OTHER = "original"
"""Half scales around this center are in the table only, if there are others."""


def chosen(table: Frame) -> Frame:
    """The rows of half scales that are told and drawn: not around the original, unless there are no others."""
    halves = table[table["quantity"] == HALF_SCALE]
    others = halves[halves["center"] != OTHER]
    return others if len(others) else halves


def sentence(table: Frame, equivalence: float, confidence: float) -> str:
    """How many half scales differ, are equivalent, or are undecided; the largest; and what limits the result.

    Args:
        table: The table of differences.
        equivalence: Largest difference that does not matter, octaves.
        confidence: Coverage of the intervals.
    """
    halves = chosen(table)
    if halves.empty:
        return "No half scales can be compared: the runs have less than two scales in common."
    results = (
        [_only(halves, equivalence)]
        if len(halves) == 1
        else [_counts(halves, equivalence, confidence), _largest(halves)]
    )
    return " ".join(part for part in (*results, *_limits(halves, table)) if part)


def _only(halves: Frame, equivalence: float) -> str:
    """The one difference, and what is known of it."""
    row = halves.iloc[0]
    verdicts = {"yes": "equivalent", "no": "not equivalent", "undecided": "equivalence is undecided"}
    different = "not zero, " if row["different"] == "yes" else ""
    return (
        f"Half scales, {_difference(row)}: {different}{verdicts[row['equivalent']]} (within ±{equivalence:g} octaves)."
    )


def _counts(halves: Frame, equivalence: float, confidence: float) -> str:
    different, same = halves["different"] == "yes", halves["equivalent"] == "yes"
    both = int((different & same).sum())
    also = f" ({both} of them both)" if both else ""
    return (
        f"Of {len(halves)} differences of half scales, {_are(different)} not zero, {_are(same)} within "
        f"±{equivalence:g} octaves{also}, and {_are(~different & ~same)} undecided (Holm, "
        f"{100 * (1 - confidence):.3g} % for all together)."
    )


def _largest(halves: Frame) -> str:
    known = halves[halves["difference"].notna()]
    if known.empty:
        return ""
    row = known.iloc[int(known["difference"].abs().to_numpy().argmax())]
    return f"The largest is {_difference(row)}."


def _difference(row: Column) -> str:
    """`laplace - gaussian (digits, logistic, around the adversarial): +0.12 [+0.05, +0.19] octaves`."""
    box = BOXES.get(row["box"], row["box"])
    where = ", ".join(part for part in (row["group"], around(str(row["center"])), box) if part)
    value = "not known" if np.isnan(row["difference"]) else f"{row['difference']:+.2f}"
    ends = "" if np.isnan(row["low"]) or np.isnan(row["high"]) else f" [{row['low']:+.2f}, {row['high']:+.2f}]"
    return f"{row['pair']} ({where}): {value}{ends} octaves"


def _limits(halves: Frame, table: Frame) -> Sequence[str]:
    """What the reader must know: half scales beyond the ladder, sides that are not paired, images on one side only."""
    beyond, silent = int(halves["censored"].sum()), int(halves["left_out"].sum())
    unpaired, partly = int((table["paired"] == "no").sum()), int((halves["unshared"] > 0).sum())
    texts = []
    if beyond or silent:
        texts.append(
            f"Beyond an end of the ladder: one half scale in {_of(beyond, 'pair')}, where the end is used and the true "
            f"difference is larger, and both in {_of(silent, 'pair')}, left out; with more than "
            f"{100 * MOST_BEYOND:g} % of the pairs no equivalence is said."
        )
    if unpaired:
        texts.append(
            f"{unpaired} of {_of(len(table), 'row')} {_is(unpaired)} not paired, because fewer than half of the images "
            "are in both."
        )
    if partly:
        texts.append(f"In {partly} of {len(halves)}, images that only one side has are left out.")
    return texts


def _of(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _are(rows: Column) -> str:
    count = int(rows.sum())
    return f"{count} {_is(count)}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
