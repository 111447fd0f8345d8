"""Pairs of shares: each image under Gaussian noise and under noise from its distortion's histogram."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advspace import FinishedRun
from advspace.comparison.grouping import Group
from advspace.shapes import Column
from advspace.statistics.bootstrap import RESAMPLES
from advspace.statistics.interval import Floats

GAUSSIAN, EMPIRICAL = "gaussian", "empirical"
MIN_IMAGES = 3
"""Fewest images for a line."""
LINE_POINTS = 51
KEY = ["box", "scale", "seed", "image_id", "target"]


@dataclass(frozen=True)
class Pairs:
    """Shares of the same images under two noises, at one scale.

    Args:
        scale: The scale at which the mean share under Gaussian noise is nearest to half: there images differ most.
        gaussian: One share per image, under Gaussian noise.
        empirical: Shares of the same images under empirical noise.
    """

    scale: float
    gaussian: Floats
    empirical: Floats


def paired(group: Group) -> dict[str, Pairs]:
    """By box policy, the shares around each adversarial that was probed with both noises."""
    import pandas as pd

    tables = [_shares(group.lines[noise]) for noise in (GAUSSIAN, EMPIRICAL)]
    both = pd.concat(tables, axis=1, keys=["x", "y"], join="inner").groupby(level=["box", "scale", "image_id"]).mean()
    result: dict[str, Pairs] = {}
    for box, rows in both.groupby(level="box"):
        scale = nearest_half(rows["x"].groupby(level="scale").mean())
        shares = rows.xs(scale, level="scale")
        result[str(box)] = Pairs(scale, shares["x"].to_numpy(np.float64), shares["y"].to_numpy(np.float64))
    return result


def nearest_half(shares: Column) -> float:
    """The scale with the share nearest to one half, among all scales up to the first that loses half.

    With the clip, shares can recover in much stronger noise; those probes are not around the adversarial any more.

    Args:
        shares: Shares by scale, in increasing order of the scale.
    """
    lost = np.flatnonzero(shares.to_numpy() <= 0.5)
    near = shares.iloc[: int(lost[0]) + 1] if len(lost) else shares
    return float(near.index[int((near - 0.5).abs().to_numpy().argmin())])


def regression(pairs: Pairs, seed: int = 0) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Least-squares line over the range of the shares, and its 95 % band by a bootstrap over images.

    Args:
        pairs: The shares.
        seed: Seed of the bootstrap.

    Returns:
        Gaussian shares, the line there, lower and upper end of the band; None if the points give no line.
    """
    x, y = pairs.gaussian, pairs.empirical
    if len(x) < MIN_IMAGES or np.ptp(x) == 0:
        return None
    grid = np.linspace(x.min(), x.max(), LINE_POINTS)
    picks = np.random.default_rng(seed).integers(len(x), size=(RESAMPLES, len(x)))
    lines = np.stack([_line(x[pick], y[pick], grid) for pick in picks if np.ptp(x[pick]) > 0])
    low, high = np.quantile(lines, [0.025, 0.975], axis=0)
    return grid, _line(x, y, grid), low, high


def _line(x: Floats, y: Floats, grid: Floats) -> Floats:
    slope = np.mean((x - x.mean()) * (y - y.mean())) / x.var()
    return np.asarray(y.mean() + slope * (grid - x.mean()))


def _shares(runs: Sequence[FinishedRun]) -> Column:
    """Shares of the probes that keep the target; runs of different seeds have different attacks."""
    import pandas as pd

    tables = [
        run.probes[run.probes["center"] == "adversarial"].assign(seed=run.settings.get("seed", 0)) for run in runs
    ]
    return pd.concat(tables, ignore_index=True).set_index(KEY)["share_target"]
