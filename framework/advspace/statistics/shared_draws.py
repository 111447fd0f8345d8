"""Covariance of counts that share their draws: a draw is one cluster of outcomes, at every scale."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.interval import Floats


def covariance_of_joint(joint: Floats, draws: Floats) -> Floats:
    """Covariance between scales of whether a draw is kept, from the draws that are kept at two scales at once.

    Args:
        joint: C[..., i, j] draws are kept at scale i and at scale j.
        draws: Number of draws, of shape [...].

    Returns:
        Per draw, unbiased by division by draws - 1; shape [..., scales, scales].
    """
    count = np.asarray(draws, np.float64)[..., None, None]
    shares = np.diagonal(joint, axis1=-2, axis2=-1) / count[..., 0]
    centred = joint / count - shares[..., :, None] * shares[..., None, :]
    result: Floats = centred * count / np.maximum(count - 1, 1)
    return result


def covariance_of_pairs(kept: NDArray[Any]) -> Floats:
    """The same where draws 2 i and 2 i + 1 depend on one another: a cluster is a pair.

    Args:
        kept: Whether each draw is kept, shape (scales, draws); an odd last draw is left out.

    Returns:
        Per draw: half the covariance of the sums of pairs; shape (scales, scales).
    """
    whole = kept.shape[1] // 2
    sums = kept[:, : 2 * whole].reshape(len(kept), whole, 2).sum(2, dtype=np.float64)
    centred = sums - sums.mean(1, keepdims=True)
    result: Floats = centred @ centred.T / max(whole - 1, 1) / 2
    return result


def covariance_of_counts(per_draw: Floats, trials: Floats) -> Floats:
    """Covariance of the counts of cells that have the same draws, the first `trials` of them.

    Args:
        per_draw: Covariance per draw, shape [..., scales, scales].
        trials: Draws of each cell, shape [..., scales].
    """
    result: Floats = per_draw * np.minimum(trials[..., :, None], trials[..., None, :])
    return result


def independent(shares: Floats) -> Floats:
    """Covariance per draw of cells that share no draws: p (1 - p) on the diagonal; shape [..., scales, scales]."""
    result: Floats = np.eye(shares.shape[-1]) * (shares * (1 - shares))[..., None]
    return result
