"""Shares of the same images under Gaussian noise and under the distortion's own histogram, paired."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advspace import FinishedRun
from advspace.comparison.grouping import Group
from advspace.frames import Column
from advspace.statistics.bootstrap import RESAMPLES
from advspace.statistics.interval import Floats

GAUSSIAN, EMPIRICAL = "gaussian", "empirical"
FEWEST = 3
"""Images for a straight line."""
STEPS = 51
KEY = ["box", "scale", "seed", "image_id", "target"]


@dataclass(frozen=True)
class Pairs:
    """Shares of the same images under two noises, at one scale.

    Args:
        scale: The scale at which Gaussian noise first comes closest to losing half: there images differ most.
        gaussian: One share per image.
        empirical: The same images' under the histogram's noise.
    """

    scale: float
    gaussian: Floats
    empirical: Floats


def paired(group: Group) -> dict[str, Pairs]:
    """The shares of every image that was probed with both noises around its adversarial, by box policy."""
    import pandas as pd

    tables = [_shares(group.lines[noise]) for noise in (GAUSSIAN, EMPIRICAL)]
    both = pd.concat(tables, axis=1, keys=["x", "y"], join="inner").groupby(level=["box", "scale", "image_id"]).mean()
    result: dict[str, Pairs] = {}
    for box, rows in both.groupby(level="box"):
        scale = nearest_half(rows["x"].groupby(level="scale").mean())
        at = rows.xs(scale, level="scale")
        result[str(box)] = Pairs(scale, at["x"].to_numpy(np.float64), at["y"].to_numpy(np.float64))
    return result


def nearest_half(shares: Column) -> float:
    """The scale with the share nearest to one half, of those up to the first at which half are lost.

    Under the clip shares can recover in far stronger noise; those probes are not around the adversarial any more.

    Args:
        shares: By scale, in increasing order.
    """
    lost = np.flatnonzero(shares.to_numpy() <= 0.5)
    near = shares.iloc[: int(lost[0]) + 1] if len(lost) else shares
    return float(near.index[int((near - 0.5).abs().to_numpy().argmin())])


def regression(pairs: Pairs, seed: int = 0) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Least-squares line over the shares there are, and its 95 % band by a bootstrap over images.

    Args:
        pairs: The shares.
        seed: Of the resampling.

    Returns:
        Gaussian shares, the line there, its lower and its upper end; None where there is no line.
    """
    x, y = pairs.gaussian, pairs.empirical
    if len(x) < FEWEST or np.ptp(x) == 0:
        return None
    grid = np.linspace(x.min(), x.max(), STEPS)
    picks = np.random.default_rng(seed).integers(len(x), size=(RESAMPLES, len(x)))
    lines = np.stack([_line(x[pick], y[pick], grid) for pick in picks if np.ptp(x[pick]) > 0])
    low, high = np.quantile(lines, [0.025, 0.975], axis=0)
    return grid, _line(x, y, grid), low, high


def _line(x: Floats, y: Floats, grid: Floats) -> Floats:
    slope = np.mean((x - x.mean()) * (y - y.mean())) / x.var()
    return np.asarray(y.mean() + slope * (grid - x.mean()))


def _shares(runs: Sequence[FinishedRun]) -> Column:
    """Shares that keep the target; an image is attacked anew for each seed."""
    import pandas as pd

    tables = [
        run.probes[run.probes["center"] == "adversarial"].assign(seed=run.settings.get("seed", 0)) for run in runs
    ]
    return pd.concat(tables, ignore_index=True).set_index(KEY)["share_target"]
