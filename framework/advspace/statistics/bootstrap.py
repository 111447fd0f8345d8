"""Uncertainty of a mean over images.

The images are resampled, not the probes: the probes of one image are alike (98 % of the variance of the authors' own
shares is between images), so intervals over pooled probes would be far too narrow.  An image with several attacks is
one row, the mean over its attacks.
"""

import numpy as np

from advspace.statistics.interval import Floats, score_interval

RESAMPLES = 2000


def resampled_means(shares: Floats, seed: int = 0, resamples: int = RESAMPLES) -> Floats:
    """Means over images drawn with replacement.

    The same images are drawn for every cell, so a whole curve is resampled at once.

    Args:
        shares: One row per image, one column per cell (such as a scale).
        seed: Seed of the resampling.
        resamples: Number of resamples.

    Returns:
        One row per resample, one column per cell.
    """
    images = len(shares)
    counts = np.random.default_rng(seed).multinomial(images, np.full(images, 1 / images), size=resamples)
    means: Floats = counts @ shares / images
    return means


def mean_interval(shares: Floats, confidence: float = 0.95, seed: int = 0) -> tuple[Floats, Floats]:
    """Interval of the mean over images, for each column: the hull of a percentile bootstrap and a score interval.

    A bootstrap uses only the variance in the sample: if all images agree, its interval has no width.  Wilson's score
    interval, with the variance between images instead of p (1 - p), still has the width that follows from n images.

    Args:
        shares: One row per image, one column per cell.
        confidence: Nominal coverage.
        seed: Seed of the resampling.
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled_means(shares, seed), [tail, 1 - tail], axis=0)
    score_low, score_high = score_interval(shares.mean(0), shares.var(0), len(shares), confidence)
    return np.minimum(low, score_low), np.maximum(high, score_high)


def percentile_interval(values: Floats, confidence: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap of the mean of unbounded values; NaN if there are no values.

    Args:
        values: One value per image.
        confidence: Nominal coverage.
        seed: Seed of the resampling.
    """
    if not len(values):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled_means(values[:, None], seed), [tail, 1 - tail])
    return float(low), float(high)
