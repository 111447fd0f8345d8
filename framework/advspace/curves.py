"""Shares of probes against the scale of the noise, with their uncertainty over images."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from advspace.bootstrap import mean_interval, resampled_means
from advspace.halving import HalfScale, half_scale, median_half_scale
from advspace.interval import Floats
from advspace.rows import OUTCOMES

KEPT = {"adversarial": "target", "original": "original"}


@dataclass(frozen=True)
class Band:
    """A mean over images at each scale, with its 95 % interval (bootstrap over images)."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Curve:
    """All that one center and box policy showed.

    Args:
        center: `adversarial` or `original`.
        box: Box policy.
        scales: Increasing; units of the distortion's standard deviation.
        shares: Share of the probes per outcome: images x scales each.
        bands: Mean over images per outcome.
        half: Scale at which half of the probes are lost, on the mean curve.
        half_low: Lower end of its 95 % interval.
        half_high: Upper end of it.
        halves: The same for each image.
        image_ids: Which image each row of `shares` is.
        clipped: Mean share of pixels clipped at each scale.
    """

    center: str
    box: str
    scales: Floats
    shares: dict[str, Floats]
    bands: dict[str, Band]
    half: HalfScale
    half_low: HalfScale
    half_high: HalfScale
    halves: list[HalfScale]
    image_ids: list[str]
    clipped: Floats

    @property
    def kept(self) -> str:
        """The outcome that stays within the center's own region."""
        return KEPT[self.center]

    @property
    def median_half(self) -> HalfScale:
        """Median over images of the scale at which half of the probes are lost."""
        return median_half_scale(self.halves)


def curves(probes: pd.DataFrame) -> list[Curve]:
    """One curve per center and box policy in a table of probes; none where the table is empty."""
    if probes.empty:
        return []
    keys = probes[["center", "box"]].drop_duplicates().sort_values(["center", "box"])
    return [
        _curve(probes[(probes["center"] == center) & (probes["box"] == box)], center, box)
        for center, box in keys.itertuples(index=False)
    ]


def _curve(rows: pd.DataFrame, center: str, box: str) -> Curve:
    shares = {outcome: _wide(rows, f"share_{outcome}").to_numpy(np.float64) for outcome in OUTCOMES}
    wide = _wide(rows, "clipped")
    scales = wide.columns.to_numpy(np.float64)
    kept = shares[KEPT[center]]
    half_low, half_high = _half_interval(scales, kept)
    return Curve(
        center=center,
        box=box,
        scales=scales,
        shares=shares,
        bands={outcome: Band(share.mean(0), *mean_interval(share)) for outcome, share in shares.items()},
        half=half_scale(scales, kept.mean(0)),
        half_low=half_low,
        half_high=half_high,
        halves=[half_scale(scales, row) for row in kept],
        image_ids=list(wide.index),
        clipped=wide.to_numpy(np.float64).mean(0),
    )


def _wide(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    wide = rows.pivot_table(index="image_id", columns="scale", values=value, aggfunc="first", sort=True)
    return wide.dropna()


def _half_interval(scales: Floats, kept: Floats) -> tuple[HalfScale, HalfScale]:
    """Percentile bootstrap over images; a censored resample lies beyond its end of the ladder."""
    place = {"below": -1, "": 0, "above": 1}
    found = sorted(
        (half_scale(scales, row) for row in resampled_means(kept)), key=lambda half: (place[half.censored], half.scale)
    )
    tail = int(0.025 * len(found))
    return found[tail], found[-1 - tail]
