"""Uncertainty of a mean over images.

The images are resampled, not the probes: the probes of one image are alike (98 % of the variance of the authors' own
shares is between images), so intervals over pooled probes would be far too narrow.  An image with several attacks is
one row, the mean over its attacks.
"""

import numpy as np

from advspace.statistics.interval import Floats

RESAMPLES = 2000
AT_ONCE = 1_000_000
"""Counts that are in memory at once, of resamples x images."""


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
    images, generator = len(shares), np.random.default_rng(seed)
    means = np.empty((resamples, shares.shape[1]))
    rows = max(1, AT_ONCE // images)
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        counts = generator.multinomial(images, np.full(images, 1 / images), size=size)
        means[start : start + size] = counts.astype(np.float64) @ shares / images  # integers would not be BLAS's
    return means


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
