"""Shares of probes as functions of the scale, with their uncertainty over images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from advspace.analysis.refined import joined
from advspace.errors import warn
from advspace.probe.contract import Measure, kept_around
from advspace.records.rows import OUTCOMES
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.bands import Band, mean_bands
from advspace.statistics.half_scale import HalfScale, half_scale, median_half_scale
from advspace.statistics.half_scale_interval import half_scale_interval
from advspace.statistics.interval import Floats


@dataclass(frozen=True)
class Curve:
    """The shares around one center with one box policy.

    Args:
        center: Name of the center.
        box: Box policy.
        scales: Those that all attacks have, increasing; `measure` defines their meaning.
        shares: Share of the probes per outcome, each of shape (attacks, scales).
        bands: Mean over images per outcome, with its bands; an image's share is the mean over its attacks.
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


def curves(probes: Frame, measure: Measure | None = None, refined: Frame | None = None) -> list[Curve]:
    """One curve per center and box policy of a table of probes, over the scales that all its attacks have.

    Several records of one attack at one scale, which differ in the probe's own columns, are averaged.  If no scale is
    common to all attacks, there is no curve.  Scales of single attacks in `refined` have a part in half scales alone.

    Args:
        probes: The table, or the joined tables of several runs with a column `run`.
        measure: What the probe measures; None for noise.
        refined: The probe's table `refined` of the same runs, if it has one.
    """
    if probes.empty:
        return []
    known = measure or Measure()
    more = _by_place(refined)
    places = []
    for (center, box), rows in sorted(probes.groupby(["center", "box"]), key=lambda group: _order(group[0], known)):
        place = _place(str(center), str(box), rows, more.get((center, box), probes[:0]))
        if place.shares[OUTCOMES[0]].shape[1]:
            places.append(place)
        else:
            warn(f"there is no curve around the {center} ({box}): no scale is common to all attacks; see the tables")
    return [_curve(place, bands, known) for place, bands in zip(places, _bands(places), strict=True)]


def _order(key: Any, measure: Measure) -> tuple[int, str, str]:
    """Sort key of a center and box policy: first the centers of `measure` in their order, then others."""
    (center, box), known = key, measure.centers
    return (known.index(center) if center in known else len(known), str(center), str(box))


@dataclass(frozen=True)
class _Place:
    """The rows around one center with one box policy, as tables with a row per attack and a column per scale."""

    center: str
    box: str
    shares: dict[str, Frame]
    clipped: Frame
    draws: Frame
    refined: Frame


def _by_place(table: Frame | None) -> dict[Any, Frame]:
    """The rows of each center and box policy."""
    return {} if table is None or table.empty else dict(iter(table.groupby(["center", "box"])))


def _place(center: str, box: str, rows: Frame, refined: Frame) -> _Place:
    import pandas as pd

    cases = ["run", *CASE] if "run" in rows else CASE  # attacks of different runs are different attacks
    shares = {f"share_{outcome}": "mean" for outcome in OUTCOMES}
    over: dict[str, Any] = shares | {"clipped": "mean", "draws": "sum"}
    wide = rows.pivot_table(index=cases, columns="scale", values=list(over), aggfunc=over, sort=True)
    tables = {name: pd.DataFrame(wide[name]).dropna(axis="columns") for name in over}
    by_outcome = {outcome: tables[f"share_{outcome}"] for outcome in OUTCOMES}
    return _Place(center, box, by_outcome, tables["clipped"], tables["draws"], refined)


def _bands(places: Sequence[_Place]) -> list[dict[str, Band]]:
    """Bands per place and outcome; places with the same number of images share one resampling of the images."""
    by_image = [{outcome: _by_image(table) for outcome, table in place.shares.items()} for place in places]
    result: list[dict[str, Band]] = [{} for _ in places]
    for images in {len(shares[OUTCOMES[0]]) for shares in by_image}:
        cells = [
            (at, outcome) for at, shares in enumerate(by_image) for outcome in shares if len(shares[outcome]) == images
        ]
        for (at, outcome), band in zip(cells, mean_bands([by_image[at][name] for at, name in cells]), strict=True):
            result[at][outcome] = band
    return result


def _curve(place: _Place, bands: dict[str, Band], measure: Measure) -> Curve:
    import pandas as pd

    outcome = kept_around(place.center)
    attacks = place.shares[outcome]
    known = joined(attacks, place.draws, place.refined)
    kept = _by_image(pd.DataFrame(known.filled, attacks.index))
    low, high = half_scale_interval(known.scales, kept, known.trials)
    return Curve(
        center=place.center,
        box=place.box,
        scales=attacks.columns.to_numpy(np.float64),
        shares={name: table.to_numpy(np.float64) for name, table in place.shares.items()},
        bands=bands,
        half=half_scale(known.scales, kept.mean(0), known.trials),
        half_low=low,
        half_high=high,
        halves=known.half_scales(),
        image_ids=attacks.index.get_level_values("image_id").tolist(),
        targets=attacks.index.get_level_values("target").tolist(),
        clipped=_by_image(place.clipped).mean(0),
        measure=measure,
    )


def _by_image(wide: Frame) -> Floats:
    """One row per image: the mean over its attacks, which are not independent."""
    means: Floats = wide.groupby(level="image_id").mean().to_numpy(np.float64)
    return means
