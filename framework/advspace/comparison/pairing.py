"""Differences between the attacks of two lines of runs: paired over the same images and targets."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advspace.shapes import Frame
from advspace.statistics.interval import Floats
from advspace.statistics.paired import UNBOUNDED, Mean, paired_mean, unpaired_mean

ENOUGH = 0.5
"""Smallest share of the images of the smaller side that both sides must have for pairs."""


@dataclass(frozen=True)
class Difference:
    """A difference between two sides, second minus first; the unit is the image.

    Args:
        mean: The mean over images, with its intervals and p-values; None if no image is left.
        sd: Standard deviation of one image's difference; unpaired, of the difference of two images.
        paired: Whether images and targets are the same on both sides.
        images: Images of the first side that are used.
        other_images: Images of the second side that are used; the same number if paired.
        unshared: Images that one side alone has, which pairs leave out; 0 if not paired.
        censored: Attacks whose value is only known to lie beyond an end, which is used instead.
        left_out: Attacks that say nothing: both values lie beyond the same end, or one is not known.
        attacks: Attacks that both sides have, or, unpaired, all attacks.
    """

    mean: Mean | None
    sd: float
    paired: bool
    images: int
    other_images: int
    unshared: int
    censored: int = 0
    left_out: int = 0
    attacks: int = 0

    @property
    def beyond(self) -> float:
        """Share of the attacks whose difference is not known exactly."""
        return (self.censored + self.left_out) / self.attacks if self.attacks else 0.0


def differences(
    first: Frame, second: Frame, bounds: tuple[float, float] = UNBOUNDED, ends: tuple[float, float] = UNBOUNDED
) -> list[Difference]:
    """One difference per column; an image's several attacks are averaged first.

    Pairs are the attacks on the same image, with the same target and the same seed.  If fewer than half of the images
    of the smaller side are in pairs, both sides are compared without pairs, all of their images.

    Args:
        first: Values of the first side, indexed by `attack_values.KEY`.
        second: Values of the second side; the columns in common are compared.
        bounds: Lowest and highest possible difference of one image.
        ends: Lowest and highest value that can be seen; a value beyond an end is replaced by the end and counted.
    """
    columns = [name for name in first if name in second]
    shared = first.index.intersection(second.index)
    images, others = (set(_images(side)) for side in (first, second))
    pairs = set(shared.get_level_values("image_id"))
    if pairs and len(pairs) >= ENOUGH * min(len(images), len(others)):
        unshared = len(images | others) - len(pairs)
        sides = first.loc[shared], second.loc[shared]
        return [_paired(sides[0][[name]], sides[1][[name]], unshared, bounds, ends) for name in columns]
    return [_unpaired(first[[name]], second[[name]], bounds, ends) for name in columns]


def _paired(
    first: Frame, second: Frame, unshared: int, bounds: tuple[float, float], ends: tuple[float, float]
) -> Difference:
    sides, beyond = zip(*(_ended(side, ends) for side in (first, second)), strict=True)
    silent = (beyond[0] * beyond[1] > 0) | np.isnan(sides[0]) | np.isnan(sides[1])
    censored = ((beyond[0] != 0) | (beyond[1] != 0)) & ~silent
    values = _by_image(first.iloc[~silent], (sides[1] - sides[0])[~silent])
    mean = paired_mean(values, bounds) if len(values) else None
    counts = int(censored.sum()), int(silent.sum()), len(first)
    return Difference(mean, _sd(values), True, len(values), len(values), unshared, *counts)


def _unpaired(first: Frame, second: Frame, bounds: tuple[float, float], ends: tuple[float, float]) -> Difference:
    sides, beyond = zip(*(_ended(side, ends) for side in (first, second)), strict=True)
    known = [~np.isnan(side) for side in sides]
    one, other = (_by_image(t.iloc[k], s[k]) for t, k, s in zip((first, second), known, sides, strict=True))
    everywhere = np.concatenate([each[k] for each, k in zip(beyond, known, strict=True)])
    silent = bool(len(everywhere)) and abs(everywhere.sum()) == len(everywhere)  # all beyond the same end
    mean = unpaired_mean(one, other, bounds) if len(one) and len(other) and not silent else None
    censored, unknown = int((everywhere != 0).sum()), sum(int((~k).sum()) for k in known)
    counts = (0, censored + unknown) if silent else (censored, unknown)
    sd = float(np.hypot(_sd(one), _sd(other)))
    return Difference(mean, sd, False, len(one), len(other), 0, *counts, len(first) + len(second))


def _ended(side: Frame, ends: tuple[float, float]) -> tuple[Floats, Floats]:
    """Values within the ends, and -1, 0 or 1 for a value below, within or above them."""
    values = side.iloc[:, 0].to_numpy(np.float64)
    return np.clip(values, *ends), np.where(values < ends[0], -1.0, np.where(values > ends[1], 1.0, 0.0))


def _by_image(side: Frame, values: Floats) -> Floats:
    """The mean of an image's values, one row per image."""
    import pandas as pd

    return np.asarray(pd.Series(values, dtype=np.float64).groupby(_images(side)).mean(), np.float64)


def _images(side: Frame) -> NDArray[Any]:
    return np.asarray(side.index.get_level_values("image_id"))


def _sd(values: Floats) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")
