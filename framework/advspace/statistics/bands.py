"""Bands of mean curves over images: at each scale by itself, and for all scales together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advspace.statistics.bootstrap import resampled_means
from advspace.statistics.interval import Floats, score_interval


@dataclass(frozen=True)
class Band:
    """A mean over images at each scale, with two bands of 95 % over images; each array has one number per scale.

    Args:
        mean: The mean.
        low: Lower ends of the pointwise band, which holds the truth with 95 % at each scale by itself.
        high: Upper ends of the pointwise band.
        simultaneous_low: Lower ends of the simultaneous band, which holds the whole true curve with 95 %.
        simultaneous_high: Upper ends of the simultaneous band.
    """

    mean: Floats
    low: Floats
    high: Floats
    simultaneous_low: Floats
    simultaneous_high: Floats


def mean_bands(curves: Sequence[Floats], confidence: float = 0.95, seed: int = 0) -> list[Band]:
    """Bands of several curves over the same number of images; one resampling of the images serves all.

    Args:
        curves: Shares in [0, 1], one row per image and one column per scale.
        confidence: Nominal coverage.
        seed: Seed of the resampling.
    """
    ends = np.cumsum([curve.shape[1] for curve in curves])[:-1]
    means = np.split(resampled_means(np.hstack(curves), seed), ends, axis=1)
    return [_band(curve, resampled, confidence) for curve, resampled in zip(curves, means, strict=True)]


def mean_interval(shares: Floats, confidence: float = 0.95, seed: int = 0) -> tuple[Floats, Floats]:
    """Pointwise band alone; see `mean_bands`."""
    return _hull(shares, resampled_means(shares, seed), confidence)


def _band(shares: Floats, resampled: Floats, confidence: float) -> Band:
    together = simultaneous_confidence(shares, resampled, confidence)
    return Band(shares.mean(0), *_hull(shares, resampled, confidence), *_hull(shares, resampled, together))


def _hull(shares: Floats, resampled: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The hull of a percentile bootstrap and a score interval.

    A bootstrap uses only the variance in the sample: if all images agree, its interval has no width.  Wilson's score
    interval, with the variance between images instead of p (1 - p), still has the width that follows from n images.
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    score_low, score_high = score_interval(shares.mean(0), shares.var(0), len(shares), confidence)
    return np.minimum(low, score_low), np.maximum(high, score_high)


def simultaneous_confidence(shares: Floats, resampled: Floats, confidence: float = 0.95) -> float:
    """The pointwise confidence at which a band holds the whole curve with `confidence`, by max-t over the scales.

    It belongs to the quantile of max |p* - p| / se over the scales, where p* is the mean of a resample.  Scales at
    which all images agree have no standard error, and take no part in the maximum.

    Args:
        shares: One row per image, one column per scale.
        resampled: Means of resamples, one row per resample.
        confidence: Nominal coverage of the whole curve.

    Source: Montiel Olea & Plagborg-Moller 2019, the sup-t band.
    """
    from scipy.special import ndtr

    error = shares.std(0) / np.sqrt(len(shares))
    differ = error > np.finfo(np.float64).eps
    if not differ.any():
        return confidence
    largest = (np.abs(resampled - shares.mean(0))[:, differ] / error[differ]).max(1)
    together = 1 - 2 * float(ndtr(-np.quantile(largest, confidence)))
    return max(confidence, together)
