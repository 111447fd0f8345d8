"""How many images and draws a mean share needs, from the shares of a pilot.

The variance of a mean over n images with m draws each is (between + within / m) / n.  The first part is the variance of
the images' own shares, the second that of one draw around its image's share.
"""

from dataclasses import dataclass
from math import ceil, inf, nan, sqrt

import numpy as np

from advspace.statistics.interval import Floats

CONFIDENCE = 0.95
RESAMPLES = 400


@dataclass(frozen=True)
class Spread:
    """The variance of shares, taken apart.

    Args:
        between: Variance of the images' own shares, >= 0; NaN for one image.
        within: Variance of one draw around the share of its image, in [0, 1/4].
    """

    between: float
    within: float

    def variance(self, draws: float) -> float:
        """Variance of the share of a random image with so many draws; at most 1/4, as of any share."""
        return min(self.between + self.within / draws, 0.25)


def spread(kept: Floats, draws: int) -> Spread:
    """Estimate both variances without bias.

    Args:
        kept: Share of the draws kept: one row per image, one column per attack on it.
        draws: Draws of each share.
    """
    attacks = kept.shape[1]
    noise = (kept * (1 - kept)).mean() / max(draws - 1, 1) / attacks
    means = kept.mean(1)
    between = max(float(means.var(ddof=1)) - noise, 0.0) if len(means) > 1 else nan
    return Spread(between, float(noise) * draws)


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


def variance_interval(kept: Floats, draws: int, wanted: float) -> tuple[float, float]:
    """Interval (95 %) of the variance of one image's share with `wanted` draws: percentiles over resampled images.

    Its upper end is at least that of a chi-square interval.  A pilot of few images cannot see rare images that differ:
    where 5 % of them keep no draw and all others keep all, 10 images have a variance of 0 in 60 of 100 pilots.

    Args:
        kept: Share of the draws kept: one row per image, one column per attack on it; two images or more.
        draws: Draws of each share.
        wanted: Draws of the run that is planned.
    """
    from scipy.stats import chi2

    images = len(kept)
    rows = np.random.default_rng(0).integers(images, size=(RESAMPLES, images))
    values = [spread(kept[row], draws).variance(wanted) for row in rows]
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    most = spread(kept, draws).variance(wanted) * (images - 1) / float(chi2.ppf((1 - CONFIDENCE) / 2, images - 1))
    return float(low), float(min(max(high, most), 0.25))


def _quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))
