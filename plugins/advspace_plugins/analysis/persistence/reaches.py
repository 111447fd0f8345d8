"""The persistence of every attack and of the mean curve, around each center with each box policy."""

from dataclasses import dataclass

import numpy as np

from advspace import Estimate, FinishedRun
from advspace.analysis.counts import counts_by_scale
from advspace.analysis.curves import Curve
from advspace.shapes import Frame
from advspace.statistics.interval import Floats
from advspace.statistics.persistence import Reach, persistence, persistence_interval, simultaneous_band


@dataclass(frozen=True, eq=False)
class Ends:
    """A persistence with its interval, one entry per curve.

    Args:
        value: The estimate.
        low: Lower end of the interval.
        high: Upper end.
    """

    value: Reach
    low: Reach
    high: Reach

    def estimate(self, row: int, unit: str, label: str = "") -> Estimate:
        """The estimate of one curve; the interval contains it."""
        three = sorted((self.value, self.low, self.high), key=lambda reach: float(reach.order[row]))
        value, low, high = (
            (float(reach.scale[row]), str(reach.censored[row])) for reach in (self.value, three[0], three[2])
        )
        return Estimate(value[0], low[0], high[0], unit, label, value[1], low[1], high[1])


@dataclass(frozen=True, eq=False)
class Around:
    """Persistence around one center with one box policy.

    Args:
        curve: The curve of the run.
        mean: Of the mean curve, by level.
        attacks: Of each attack, by level.
    """

    curve: Curve
    mean: dict[float, Ends]
    attacks: dict[float, Ends]

    def table(self, sd: Floats) -> Frame:
        """One row per attack and level.

        Args:
            sd: Standard deviation of the noise at scale 1, in pixel values, one per attack.
        """
        import pandas as pd

        return pd.concat([self._level(level, ends, sd) for level, ends in self.attacks.items()], ignore_index=True)

    def _level(self, level: float, ends: Ends, sd: Floats) -> Frame:
        import pandas as pd

        curve = self.curve
        keys = {"image_id": curve.image_ids, "target": curve.targets, "center": curve.center, "box": curve.box}
        three = {"scale": ends.value, "low": ends.low, "high": ends.high}
        columns = {name: reach.scale for name, reach in three.items()}
        censored = {f"{name}_censored": reach.censored for name, reach in three.items()}
        return pd.DataFrame(keys | {"level": level} | columns | censored | {"sigma": ends.value.scale * sd})


def around(run: FinishedRun, curve: Curve, levels: tuple[float, ...]) -> Around | None:
    """Persistence around one center with one box policy; None if no scale is above 0.

    Args:
        run: The run.
        curve: One of its curves.
        levels: Shares to be kept, in (0, 1).
    """
    above = curve.scales > 0
    scales = curve.scales[above]
    if not len(scales):
        return None
    kept, trials = _counts(run, curve, scales)
    low, high = simultaneous_band(kept, trials)
    band = curve.bands[curve.kept]
    mean, *ends = (values[None, above] for values in (band.mean, band.simultaneous_low, band.simultaneous_high))
    return Around(
        curve,
        {level: ends_of(scales, mean, ends[0], ends[1], level, trials.sum(0)) for level in levels},
        {level: ends_of(scales, kept / trials, low, high, level, trials) for level in levels},
    )


def ends_of(scales: Floats, shares: Floats, low: Floats, high: Floats, level: float, trials: Floats) -> Ends:
    """Persistence of several curves, with the ends that their bands give."""
    return Ends(persistence(scales, shares, level, trials), *persistence_interval(scales, shares, low, high, level))


def _counts(run: FinishedRun, curve: Curve, scales: Floats) -> tuple[Floats, Floats]:
    """Probes kept and probes of each attack, in the order of the curve."""
    rows = run.probes[(run.probes["center"] == curve.center) & (run.probes["box"] == curve.box)]
    tables = counts_by_scale(rows, f"n_{curve.kept}")
    number, trials = (table[scales.tolist()].to_numpy(np.float64) for table in tables)
    return number, trials
