"""Shares that a linear classifier keeps: the chance that all of several normal margins are positive."""

from collections.abc import Sequence

import numpy as np

from advspace.statistics.interval import Floats

DRAWS = 4096
"""Draws for more than one rival, in pairs of mirror images: the standard error of a share is below .008."""


def linear_shares(margins: Floats, gram: Floats, sigma: Floats) -> Floats:
    """P(margins + sigma x > 0 for all rivals), x ~ N(0, gram), at each sigma.

    Every draw is a ray that leaves the region once, so one set of draws serves all sigma.  For one rival it is exact.

    Args:
        margins: Margins at the center, >= 0; shape (rivals,).
        gram: Products of the margins' gradients, shape (rivals, rivals).
        sigma: Shape (scales,).

    Source: Han et al. 2024, arXiv:2307.13885.
    """
    from scipy.special import ndtr

    if len(margins) == 1:
        return np.asarray(ndtr(margins[0] / (sigma * np.sqrt(gram[0, 0]))))
    half = np.random.default_rng(0).standard_normal((DRAWS // 2, len(margins)))
    values, vectors = np.linalg.eigh(gram)
    moved = half @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    falling = np.maximum(np.concatenate([-moved, moved]), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        exits = np.nanmin(np.where(falling > 0, np.maximum(margins, 0.0) / falling, np.inf), axis=1)
    left: Floats = 1 - np.searchsorted(np.sort(exits), sigma, side="right") / DRAWS
    return left


def linear_distance(margins: Sequence[float] | Floats, gram: Floats) -> float:
    """Distance from the center to the nearest of the planes."""
    length = np.sqrt(np.diag(gram))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.min(np.where(length > 0, np.asarray(margins) / length, np.inf)))
