"""The bivariate normal distribution, by Owen's T."""

from typing import Any

import numpy as np

from advspace.statistics.interval import Floats, Numbers

NEAR = 1e-300
"""Stands for a limit of exactly 0, where Owen's formula divides by it."""


def both_below(first: Numbers, second: Numbers, correlation: float) -> Floats:
    """P(U < first, V < second) of standard normal U and V, elementwise.

    Args:
        first: Limit of U.
        second: Limit of V.
        correlation: Of U and V, in [-1, 1].

    Source: Owen 1956, "Tables for computing bivariate normal probabilities", equation 2.1.
    """
    from scipy.special import ndtr, owens_t

    h: Any = np.asarray(first, dtype=np.float64)
    k: Any = np.asarray(second, dtype=np.float64)
    if correlation >= 1:
        return np.asarray(ndtr(np.minimum(h, k)))
    if correlation <= -1:
        return np.asarray(np.maximum(ndtr(h) - ndtr(-k), 0.0))
    h, k = np.where(h == 0, NEAR, h), np.where(k == 0, NEAR, k)
    root = np.sqrt((1 - correlation) * (1 + correlation))
    sides = owens_t(h, (k / h - correlation) / root) + owens_t(k, (h / k - correlation) / root)
    return np.asarray((ndtr(h) + ndtr(k)) / 2 - sides - np.where(np.signbit(h) != np.signbit(k), 0.5, 0.0))
