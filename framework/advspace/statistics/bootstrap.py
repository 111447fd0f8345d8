"""Uncertainty of a mean over images.

Images are the unit: one image's probes are alike (98 % of the variance of the authors' own shares lies between
images), so pooling probes would claim far too much.  An image that was attacked several times is still one row, the
mean over its attacks: drawing it draws all of them.
"""

import numpy as np

from advspace.statistics.interval import Floats, score_interval

RESAMPLES = 2000


def resampled_means(shares: Floats, seed: int = 0, resamples: int = RESAMPLES) -> Floats:
    """Means over images drawn with replacement.

    The same images are drawn for every cell, so that a whole curve can be resampled at once.

    Args:
        shares: One row per image, one column per cell (a scale, say).
        seed: Of the resampling.
        resamples: How often.

    Returns:
        One row per resample, one column per cell.
    """
    images = len(shares)
    counts = np.random.default_rng(seed).multinomial(images, np.full(images, 1 / images), size=resamples)
    means: Floats = counts @ shares / images
    return means


def mean_interval(shares: Floats, confidence: float = 0.95, seed: int = 0) -> tuple[Floats, Floats]:
    """Interval of the mean over images, for each column: the hull of a percentile bootstrap and a score interval.

    A bootstrap knows only the spread that the sample shows: where all images agree it would claim certainty.  Wilson's
    score interval, with the variance between images in the place of p (1 - p), keeps what n images cannot rule out.

    Args:
        shares: One row per image, one column per cell.
        confidence: Wanted coverage.
        seed: Of the resampling.
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled_means(shares, seed), [tail, 1 - tail], axis=0)
    score_low, score_high = score_interval(shares.mean(0), shares.var(0), len(shares), confidence)
    return np.minimum(low, score_low), np.maximum(high, score_high)


def percentile_interval(values: Floats, confidence: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap of the mean of values that have no bounds; NaN where there are none.

    Args:
        values: One per image.
        confidence: Wanted coverage.
        seed: Of the resampling.
    """
    if not len(values):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled_means(values[:, None], seed), [tail, 1 - tail])
    return float(low), float(high)
