"""Values of the attacks of several runs, by a key that names the same attack in other runs."""

from collections.abc import Callable, Sequence

import numpy as np

from advspace.analysis.curves import Curve
from advspace.analysis.finished_run import FinishedRun
from advspace.attack.contract import UNTARGETED
from advspace.records.tables import CASE
from advspace.shapes import Frame

KEY = ["seed", *CASE]
"""Runs with the same seed aim at the same targets and draw the same noise."""
END = {"": np.nan, "below": -np.inf, "above": np.inf}
"""A censored half scale in octaves: all that is known is the end of the ladder."""


def keyed(runs: Sequence[FinishedRun], table: Callable[[FinishedRun], Frame]) -> Frame:
    """A table of each run, joined and indexed by `KEY`; an untargeted attack is found by its image alone.

    Runs with the same seed that differ only in the box policy have the same attacks: the first counts.

    Args:
        runs: The runs.
        table: A table of one run with the columns `image_id` and `target`, one row per attack; may be empty.
    """
    import pandas as pd

    tables = [_keyed(run, table(run)) for run in runs]
    joined = pd.concat([each for each in tables if len(each)] or [pd.DataFrame(columns=KEY)]).set_index(KEY)
    return joined[~joined.index.duplicated()]


def cells(runs: Sequence[FinishedRun]) -> list[tuple[str, str]]:
    """Center and box policy of each curve of the runs."""
    return list(dict.fromkeys((curve.center, curve.box) for run in runs for curve in run.curves))


def shares(runs: Sequence[FinishedRun], center: str, box: str) -> Frame:
    """Share of the probes that keep the center's class: a row per attack, a column per scale that all runs have."""

    def table(run: FinishedRun, curve: Curve) -> Frame:
        import pandas as pd

        return pd.DataFrame(curve.shares[curve.kept], columns=curve.scales)

    return _of_curves(runs, center, box, table).dropna(axis="columns")


def half_scales(runs: Sequence[FinishedRun], center: str, box: str) -> Frame:
    """Half scale of each attack in octaves, column `octaves`; beyond the ladder it is minus or plus infinity."""

    def table(run: FinishedRun, curve: Curve) -> Frame:
        import pandas as pd

        with np.errstate(divide="ignore"):
            octaves = np.log2([half.scale for half in curve.halves])
        ends = np.array([END[half.censored] for half in curve.halves])
        return pd.DataFrame({"octaves": np.where(np.isnan(ends), octaves, ends)})

    return _of_curves(runs, center, box, table)


def ladder(runs: Sequence[FinishedRun], center: str, box: str) -> tuple[float, float]:
    """Lowest and highest scale above 0 that all runs have, in octaves; NaN if there is none."""
    known = [
        curve.scales[curve.scales > 0]
        for run in runs
        for curve in run.curves
        if (curve.center, curve.box) == (center, box)
    ]
    if not known or not all(len(scales) for scales in known):
        return float("nan"), float("nan")
    low, high = max(scales[0] for scales in known), min(scales[-1] for scales in known)
    return float(np.log2(low)), float(np.log2(high))


def _of_curves(
    runs: Sequence[FinishedRun], center: str, box: str, table: Callable[[FinishedRun, Curve], Frame]
) -> Frame:
    """A table of the curve of each run, indexed by `KEY`."""
    import pandas as pd

    def of_run(run: FinishedRun) -> Frame:
        curve = next((each for each in run.curves if (each.center, each.box) == (center, box)), None)
        if curve is None:
            return pd.DataFrame()
        return table(run, curve).assign(image_id=curve.image_ids, target=curve.targets)

    return keyed(runs, of_run)


def _keyed(run: FinishedRun, table: Frame) -> Frame:
    import pandas as pd

    if table.empty:
        return table
    images = run.images
    wanted = images["target"].where(images["targeted"], UNTARGETED)
    aimed = pd.Series(wanted.to_numpy(), pd.MultiIndex.from_frame(images[CASE]))
    target = aimed.reindex(pd.MultiIndex.from_frame(table[CASE])).to_numpy()
    return table.assign(target=target, seed=run.settings.get("seed", 0))
