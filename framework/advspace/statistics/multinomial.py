"""Counts of several classes: simultaneous intervals of their shares, and their entropy."""

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.interval import Floats, Numbers, wilson


def goodman(counts: Numbers, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Intervals of the shares of all classes that hold together with `confidence`.

    Each is a score interval at 1 - (1 - confidence) / classes (Bonferroni).  The coverage is nominal if each class is
    expected ten times or more; with many rarer classes it is lower, because some are seen too often.

    Args:
        counts: Draws per class, of shape (..., classes); the draws of one row are independent, and one at least.
        confidence: Nominal coverage of all shares of a row together.

    Returns:
        Lower and upper ends, of the shape of `counts`.

    Source: Goodman 1965, Technometrics 7, 247-254.
    """
    each = np.asarray(counts, dtype=np.float64)
    return wilson(each, each.sum(-1, keepdims=True), together(confidence, each.shape[-1]))


def leader(counts: Numbers, confidence: float = 0.95) -> NDArray[np.int64]:
    """The class that is certainly the most likely: its interval by `goodman` lies above those of all others.

    Args:
        counts: Draws per class, of shape (..., classes), with two classes or more.
        confidence: Nominal coverage of all shares of a row together.

    Returns:
        Indices of shape (...); -1 where no class is certain.
    """
    low, high = goodman(counts, confidence)
    first = low.argmax(-1)
    others = high.copy()
    np.put_along_axis(others, first[..., None], -1.0, -1)
    certain = np.take_along_axis(low, first[..., None], -1)[..., 0] > others.max(-1)
    return np.where(certain, first, -1)


def together(confidence: float, intervals: int) -> float:
    """Confidence of each of several intervals that hold together with `confidence`, by Bonferroni."""
    return 1 - (1 - confidence) / max(1, intervals)


def entropy(counts: Numbers) -> Floats:
    """Entropy of the classes in bits, with the correction of Miller & Madow for its bias; at most log2(classes).

    Counting gives too little entropy, by (observed classes - 1) / (2 draws) nats in first order.

    Args:
        counts: Draws per class, of shape (..., classes); one draw at least in each row.

    Returns:
        Entropies, of shape (...).

    Source: Miller 1955, Note on the bias of information estimates.
    """
    from scipy.special import xlogy

    each = np.asarray(counts, dtype=np.float64)
    draws = each.sum(-1)
    shares = each / draws[..., None]
    nats = -xlogy(shares, shares).sum(-1) + ((each > 0).sum(-1) - 1) / (2 * draws)
    return np.asarray(np.minimum(nats / np.log(2), np.log2(each.shape[-1])))
