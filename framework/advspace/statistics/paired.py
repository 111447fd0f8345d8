"""The mean of paired differences, and the difference of two means that cannot be paired, over images."""

import numpy as np

from advspace.statistics.agreement import Agreement
from advspace.statistics.interval import Floats
from advspace.statistics.skewness import skewness_of_difference, skewness_of_mean
from advspace.statistics.studentised import FEWEST, MOST, Studentised, resampled, roots_of, standard_error

UNBOUNDED = (-np.inf, np.inf)
Mean = Studentised | Agreement
"""A mean that gives intervals and one-sided p-values."""


def paired_mean(differences: Floats, bounds: tuple[float, float] = UNBOUNDED, seed: int = 0) -> Mean:
    """Mean of differences by bootstrap-t and Hall's transformation: images are resampled with their differences.

    With fewer than 5 or more than 2,000 differences it is Student's alone.  If all or nearly all are equal, see
    `Agreement`.

    Args:
        differences: One difference per image, finite, at least one; an image's several attacks are averaged before.
        bounds: Lowest and highest possible difference.
        seed: Seed of the resampling.
    """
    count, mean = len(differences), float(differences.mean())
    if np.ptp(differences) == 0:
        return Agreement(float(differences[0]), count, bounds)
    skewed = FEWEST <= count <= MOST
    roots = roots_of(*resampled(differences, seed)) if skewed else np.empty(0)
    skewness = skewness_of_mean(differences) if skewed else 0.0
    values, counts = np.unique(differences, return_counts=True)
    agreement = Agreement(float(values[counts.argmax()]), count, bounds, count - int(counts.max()))
    return Studentised(mean, standard_error(differences), count - 1, roots, agreement, skewness)


def unpaired_mean(first: Floats, second: Floats, bounds: tuple[float, float] = UNBOUNDED, seed: int = 0) -> Mean:
    """Mean of `second` minus mean of `first`, as `paired_mean`: each sample is resampled by itself.

    Degrees of freedom for small samples are Welch's.  If neither sample has two different values, no variance is known:
    the interval is infinite, or that of the bounds.

    Args:
        first: One value per image, finite, at least one.
        second: One value per image, of other images.
        bounds: Lowest and highest possible difference.
        seed: Seed of the resampling.

    Source: Welch 1947; Efron & Tibshirani 1993, section 16.2.
    """
    mean = float(second.mean() - first.mean())
    fewer = min(len(first), len(second))
    if fewer < 2 or np.ptp(first) == np.ptp(second) == 0:
        return Agreement(mean, 1 if fewer < 2 else fewer, bounds)
    squares = standard_error(first) ** 2, standard_error(second) ** 2
    parts = [square**2 / (len(each) - 1) for square, each in zip(squares, (first, second), strict=True)]
    few_or_many = fewer < FEWEST or len(first) + len(second) > 2 * MOST
    roots = np.empty(0) if few_or_many else _welch_roots(first, second, seed)
    agreement, error = Agreement(mean, fewer, bounds, others=fewer), float(np.sqrt(sum(squares)))
    skewness = 0.0 if few_or_many else skewness_of_difference(first, second, error)
    return Studentised(mean, error, sum(squares) ** 2 / sum(parts), roots, agreement, skewness)


def _welch_roots(first: Floats, second: Floats, seed: int) -> Floats:
    means, squares = zip(resampled(first, 2 * seed), resampled(second, 2 * seed + 1), strict=True)
    return roots_of(means[1] - means[0], squares[0] + squares[1])
