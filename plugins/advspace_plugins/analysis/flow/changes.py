"""Single attacks: which other class certainly leads first, and at which scale."""

from collections.abc import Sequence

import numpy as np

from advspace import Estimate, FinishedRun
from advspace.analysis.appearance import around, beside, number
from advspace.shapes import Frame
from advspace.statistics.interval import wilson
from advspace.statistics.multinomial import goodman
from advspace_plugins.analysis.flow.counts import Counts
from advspace_plugins.analysis.flow.shares import Flow


def _changes(counts: Counts, flow: Flow) -> tuple[list[int], list[int]]:
    """The first scale at which another class certainly leads, and this class, for each attack; -1 for none."""
    others = (flow.leaders >= 0) & (flow.leaders != counts.kept[:, None])
    first = np.where(others.any(1), others.argmax(1), -1)
    return first.tolist(), [int(row[at]) if at >= 0 else -1 for row, at in zip(flow.leaders, first, strict=True)]


def taken_over(counts: Counts, flow: Flow) -> tuple[str, Estimate]:
    """The share of the attacks in which another class certainly leads at a scale, with its name.

    An image counts with the mean of its attacks; the interval is Wilson's over images.

    Args:
        counts: Counts of a curve.
        flow: Mean shares of the same curve.
    """
    first, _ = _changes(counts, flow)
    shares = counts.by_image((np.array(first) >= 0).astype(np.float64))
    low, high = wilson(float(shares.sum()), len(shares))
    center, box = flow.curve.center, flow.curve.box
    label = f"another class takes over {around(center, box)}"
    return f"taken_over/{center}/{box}", Estimate(
        float(shares.mean()), float(low), float(high), "of the attacks", label
    )


def beside_attacks(run: FinishedRun, counts: Sequence[Counts], flows: Sequence[Flow]) -> Frame:
    """A column per curve: the class that takes over, where, and its share with Goodman's interval.

    Args:
        run: The run.
        counts: Counts of some curves.
        flows: Mean shares of the same curves.
    """
    import pandas as pd

    columns = []
    for each, flow in zip(counts, flows, strict=True):
        curve = flow.curve
        low, high = goodman(each.counts)
        texts = []
        for row, (at, new) in enumerate(zip(*_changes(each, flow), strict=True)):
            share = each.counts[row, at, new] / each.counts[row, at].sum()
            ends = f"{share:.2f} [{low[row, at, new]:.2f}, {high[row, at, new]:.2f}]"
            texts.append(f"{run.class_name(new)} at {number(curve.scales[at])}: {ends}" if at >= 0 else "")
        keys = pd.MultiIndex.from_arrays([curve.image_ids, curve.targets], names=["image_id", "target"])
        columns.append(pd.Series(texts, keys, name=f"takes over, {beside(curve.center, curve.box)}"))
    return pd.concat(columns, axis=1).fillna("").reset_index()
