"""Intervals of a proportion that hold at every look: the beta-binomial confidence sequence.

An interval for a fixed number of trials, looked at again and again, misses far more often than it says.  A confidence
sequence contains the proportion at all times at once, with probability `confidence`.
"""

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.interval import Floats, Numbers

HALF = 0.5
"""Both parameters of the beta mixture: Jeffreys' prior."""
STEPS = 48
"""Bisections of an end: its error is below 1e-14."""


def confidence_sequence(successes: Numbers, trials: Numbers, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper end of the interval after `trials`, elementwise; valid however often and whenever one looks.

    The interval holds each p for which Beta(1/2 + s, 1/2 + n - s) / Beta(1/2, 1/2) < p^s (1 - p)^(n - s) / alpha.  The
    ratio of both sides is a martingale that starts at 1 if p is the truth, so Ville's inequality bounds its maximum.

    Args:
        successes: Number of successes.
        trials: Number of trials; with 0 the interval is [0, 1].
        confidence: Least probability that the interval holds the proportion at all times.

    Source: Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021, arXiv:1810.08240 (beta-binomial mixture).
    """
    from scipy.special import betaln  # imported here: it is slow, and every command imports this module's package

    kept, count = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(trials, np.float64))
    hits, misses = kept.ravel(), (count - kept).ravel()
    wanted = betaln(HALF + hits, HALF + misses) - betaln(HALF, HALF) + np.log1p(-confidence)
    peak = hits / np.maximum(hits + misses, 1)
    low = np.where(hits > 0, _crossing(np.zeros_like(peak), peak, hits, misses, wanted), 0.0)
    high = np.where(misses > 0, _crossing(np.ones_like(peak), peak, hits, misses, wanted), 1.0)
    return low.reshape(kept.shape), high.reshape(kept.shape)


def decided(successes: Numbers, trials: Numbers, share: float, confidence: float = 0.95) -> NDArray[np.bool_]:
    """Whether the confidence sequence lies on one side of `share`, elementwise."""
    low, high = confidence_sequence(successes, trials, confidence)
    return np.asarray((share < low) | (share > high))


def _crossing(outside: Floats, inside: Floats, hits: Floats, misses: Floats, wanted: Floats) -> Floats:
    """Where the log-likelihood falls to `wanted` between its peak and an end of [0, 1]; bisected for all at once."""
    from scipy.special import xlog1py, xlogy

    for _ in range(STEPS):
        middle = (outside + inside) / 2
        kept = xlogy(hits, middle) + xlog1py(misses, -middle) > wanted
        inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
    return outside
