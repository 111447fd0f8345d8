"""Shares of probes as functions of the scale, with their uncertainty over images."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from advspace.errors import warn
from advspace.probe.contract import Measure
from advspace.records.rows import OUTCOMES
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.bootstrap import mean_interval, resampled_means
from advspace.statistics.half_scale import HalfScale, half_scale, half_scale_interval, median_half_scale
from advspace.statistics.interval import Floats


@dataclass(frozen=True)
class Band:
    """A mean over images at each scale, with its 95 % interval (bootstrap over images)."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Curve:
    """The shares around one center with one box policy.

    Args:
        center: Name of the center.
        box: Box policy.
        scales: Increasing; `measure` defines their meaning.
        shares: Share of the probes per outcome, each of shape (attacks, scales).
        bands: Mean over images per outcome; an image's share is the mean over its attacks.
        half: Scale at which half of the probes are lost, on the mean curve.
        half_low: Lower end of its 95 % interval.
        half_high: Upper end of its 95 % interval.
        halves: The half scale of each attack.
        image_ids: Image of each row of `shares`.
        targets: Class reached by the attack of each row.
        clipped: Mean share of pixels clipped at each scale.
        measure: Meaning of the scales.
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
    targets: list[int]
    clipped: Floats
    measure: Measure

    @property
    def kept(self) -> str:
        """The outcome that counts as kept."""
        return kept_around(self.center)

    @property
    def median_half(self) -> HalfScale:
        """Median over attacks of the scale at which half of the probes are lost."""
        return median_half_scale(self.halves)

    @property
    def images(self) -> int:
        """Number of different images."""
        return len(set(self.image_ids))


def kept_around(center: str) -> str:
    """The outcome that counts as kept: the original's class around the original, the target around other centers."""
    return "original" if center == "original" else "target"


def curves(probes: Frame, measure: Measure | None = None) -> list[Curve]:
    """One curve per center and box policy of a table of probes, over the scales that all its attacks have.

    Several records of one attack at one scale, which differ in the probe's own columns, are averaged.  If no scale is
    common to all attacks, there is no curve.

    Args:
        probes: The table, or the joined tables of several runs with a column `run`.
        measure: What the probe measures; None for noise.
    """
    if probes.empty:
        return []
    known = measure or Measure()
    result = []
    for (center, box), rows in sorted(probes.groupby(["center", "box"]), key=lambda group: _order(group[0], known)):
        if _wide(rows, "clipped").shape[1]:
            result.append(_curve(rows, str(center), str(box), known))
        else:
            warn(f"there is no curve around the {center} ({box}): no scale is common to all attacks; see the tables")
    return result


def _order(key: Any, measure: Measure) -> tuple[int, str, str]:
    """Sort key of a center and box policy: first the centers of `measure` in their order, then others."""
    (center, box), known = key, measure.centers
    return (known.index(center) if center in known else len(known), str(center), str(box))


def _curve(rows: Frame, center: str, box: str, measure: Measure) -> Curve:
    wide = {outcome: _wide(rows, f"share_{outcome}") for outcome in OUTCOMES}
    shares = {outcome: table.to_numpy(np.float64) for outcome, table in wide.items()}
    by_image = {outcome: _by_image(table) for outcome, table in wide.items()}
    kept_outcome = kept_around(center)
    scales = wide[kept_outcome].columns.to_numpy(np.float64)
    kept = by_image[kept_outcome]
    half_low, half_high = half_scale_interval(scales, resampled_means(kept))
    return Curve(
        center=center,
        box=box,
        scales=scales,
        shares=shares,
        bands={outcome: Band(share.mean(0), *mean_interval(share)) for outcome, share in by_image.items()},
        half=half_scale(scales, kept.mean(0)),
        half_low=half_low,
        half_high=half_high,
        halves=[half_scale(scales, row) for row in shares[kept_outcome]],
        image_ids=wide[kept_outcome].index.get_level_values("image_id").tolist(),
        targets=wide[kept_outcome].index.get_level_values("target").tolist(),
        clipped=_by_image(_wide(rows, "clipped")).mean(0),
        measure=measure,
    )


def _wide(rows: Frame, value: str) -> Frame:
    """One row per attack, one column per scale that all attacks have."""
    cases = ["run", *CASE] if "run" in rows else CASE  # attacks of different runs are different attacks
    wide = rows.pivot_table(index=cases, columns="scale", values=value, aggfunc="mean", sort=True)
    return wide.dropna(axis="columns")


def _by_image(wide: Frame) -> Floats:
    """One row per image: the mean over its attacks, which are not independent."""
    means: Floats = wide.groupby(level="image_id").mean().to_numpy(np.float64)
    return means
