"""How many images and draws a mean share needs, from the shares of a pilot.

The variance of a mean over n images with m draws each is (between + within / m) / n.  The first part is the variance of
the images' own shares, the second that of one draw around its image's share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.interval import Floats

CONFIDENCE = 0.95
RESAMPLES = 400
LARGEST = 0.25
"""Largest variance of a share."""


@dataclass(frozen=True)
class Spread:
    """The variance of shares, taken apart.

    Args:
        between: Variance of the images' own shares, >= 0; NaN for one image.
        within: Variance of one draw of all attacks on an image around the image's share, in [0, 1/4].
    """

    between: float
    within: float

    def variance(self, draws: float) -> float:
        """Variance of the share of a random image with so many draws; at most 1/4, as of any share."""
        return min(self.between + self.within / draws, LARGEST)


@dataclass(frozen=True)
class Sample:
    """Shares of the draws kept in a pilot, by image.

    Args:
        mean: Mean share of each image, over the attacks on it.
        noise: Variance of this mean that comes from the draws, estimated without bias.
        draws: Draws of each share.
    """

    mean: Floats
    noise: Floats
    draws: int

    @classmethod
    def of(cls, kept: Floats, images: Sequence[str], draws: int) -> "Sample":
        """Group the shares of attacks by image.

        Args:
            kept: Share of each attack.
            images: Id of the image of each attack.
            draws: Draws of each share.
        """
        _, index, attacks = np.unique(np.asarray(images), return_inverse=True, return_counts=True)
        noise = kept * (1 - kept) / max(draws - 1, 1)
        return cls(
            np.bincount(index, kept) / attacks,
            np.bincount(index, noise) / attacks**2,
            draws,
        )

    def __len__(self) -> int:
        return len(self.mean)

    @property
    def spread(self) -> Spread:
        """Both variances."""
        noise = float(self.noise.mean())
        between = max(float(self.mean.var(ddof=1)) - noise, 0.0) if len(self) > 1 else nan
        return Spread(between, noise * self.draws)

    def drawn(self, rows: NDArray[np.intp]) -> "Sample":
        """The images of these rows."""
        return Sample(self.mean[rows], self.noise[rows], self.draws)


def images_needed(variance: float, width: float) -> int:
    """Images whose mean share has an interval of +-`width`, with 95 % confidence.

    Args:
        variance: Variance of one image's share.
        width: Half of the interval, > 0.
    """
    return max(ceil(_quantile(0.5 + CONFIDENCE / 2) ** 2 * variance / width**2 - 1e-9), 1)


def best_draws(found: Spread, per_image: float, per_draw: float) -> float:
    """Draws per image that reach a wanted interval in the least time; infinite if all images have the same share.

    Args:
        found: The variances.
        per_image: Time of an image without its draws, in any unit.
        per_draw: Time of one draw of an image, in the same unit.

    Source: Cochran, Sampling Techniques, 1977, equation 10.26 (two-stage sampling).
    """
    if not found.between > 0 or not per_draw > 0:
        return inf
    return max(sqrt(per_image / per_draw * found.within / found.between), 1.0)


def variance_interval(sample: Sample, draws: int) -> tuple[float, float]:
    """Interval (95 %) of the variance of one image's share: percentiles over resampled images.

    Its upper end is at least that of a chi-square interval.  A pilot of few images cannot see rare images that differ:
    where 5 % of them keep no draw and all others keep all, 10 images have a variance of 0 in 60 of 100 pilots.

    Args:
        sample: Two images or more.
        draws: Draws of the run that is planned.
    """
    from scipy.special import gammaincinv

    images, tail = len(sample), (1 - CONFIDENCE) / 2
    rows = np.random.default_rng(0).integers(images, size=(RESAMPLES, images))
    low, high = np.quantile([sample.drawn(row).spread.variance(draws) for row in rows], [tail, 1 - tail])
    chi_square = 2 * float(gammaincinv((images - 1) / 2, tail))  # its quantile, with images - 1 degrees of freedom
    most = sample.spread.variance(draws) * (images - 1) / chi_square
    return float(low), float(min(max(high, most), LARGEST))


def _quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))
