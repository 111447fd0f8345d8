"""Persistence: the largest scale of noise at which at least a share gamma of the probes is kept.

The curve may fall below gamma and rise again; then the last fall counts.  Between two scales of the ladder it is taken
as monotone, and beyond the ladder nothing is known.
"""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.clopper_pearson import lower_bound, upper_bound
from advspace.statistics.interval import Floats, Numbers
from advspace.statistics.probit_curve import cubic, informative, places, probits, slopes

BISECTIONS = 50


@dataclass(frozen=True)
class Reach:
    """The last scale at which curves are at a level.

    Args:
        scale: One per curve; the end of the ladder beyond which it lies, if it is censored.
        censored: `below` if the curve is lower at every scale, `above` if it is not lower at the last one, else empty.
    """

    scale: Floats
    censored: NDArray[Any]

    @property
    def order(self) -> Floats:
        """Sort key: the scale, infinite beyond the ladder."""
        known: Floats = np.select([self.censored == "below", self.censored == "above"], [-inf, inf], self.scale)
        return known


def persistence(scales: Floats, shares: Floats, level: float, trials: Numbers = inf) -> Reach:
    """Sup {scale: share >= level} of each curve.

    Args:
        scales: Increasing, > 0; shape (scales,).
        shares: Shape (curves, scales).
        level: In (0, 1).
        trials: Probes behind each share, broadcast to its shape; infinity for shares that are known exactly.

    Source: Bell et al. 2024, arXiv:2404.08069.
    """
    step, states = _last(shares, level)
    result = np.where(states == "above", scales[-1], scales[0])
    seen = states == ""
    if seen.any():
        known = np.broadcast_to(np.asarray(trials, np.float64), shares.shape)
        result[seen] = _crossings(scales, shares[seen], known[seen], level, step[seen])
    return Reach(result, states)


def persistence_interval(
    scales: Floats, shares: Floats, low: Floats, high: Floats, level: float
) -> tuple[Reach, Reach]:
    """Both ends of the interval, by inverting a band that holds the whole curve.

    If all probes are kept at one scale, or none at the next, nothing says how steep the curve is between them: then the
    end is that of the whole step.

    Args:
        scales: Increasing, > 0; shape (scales,).
        shares: The estimated curves, shape (curves, scales).
        low: Lower ends of the simultaneous band; same shape.
        high: Upper ends.
        level: In (0, 1).
    """
    ends = persistence(scales, low, level), persistence(scales, high, level)
    (first, _), (last, _) = _last(low, level), _last(high, level)
    row, top = np.arange(len(shares)), len(scales) - 1
    steep = shares[row, np.minimum(first + 1, top)] == 0
    lower = np.where((ends[0].censored == "") & steep, scales[np.maximum(first, 0)], ends[0].scale)
    steep = shares[row, np.maximum(last, 0)] == 1
    upper = np.where((ends[1].censored == "") & steep, scales[np.minimum(last + 1, top)], ends[1].scale)
    return Reach(lower, ends[0].censored), Reach(upper, ends[1].censored)


def simultaneous_band(kept: Floats, trials: Floats, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """A band that holds a whole curve with at least `confidence`: Clopper & Pearson's, shared over the scales.

    Args:
        kept: Counts, shape (..., scales).
        trials: Trials, >= 1; same shape.
        confidence: Least probability that the truth is within the band at all scales together.

    Source: Clopper & Pearson 1934; Bonferroni.
    """
    tail = (1 - confidence) / 2 / kept.shape[-1]
    return lower_bound(kept, trials, tail), upper_bound(kept, trials, tail)


def _last(shares: Floats, level: float) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Index of the last scale at which each curve is not below the level, -1 if there is none; and the censoring."""
    kept, count = shares >= level, shares.shape[1]
    last = np.where(kept.any(1), count - 1 - kept[:, ::-1].argmax(1), -1)
    states: NDArray[Any] = np.select([last < 0, last == count - 1], ["below", "above"], "")
    return last, states


def _crossings(scales: Floats, shares: Floats, trials: Floats, level: float, step: NDArray[np.int64]) -> Floats:
    """Where each curve falls to the level in its own step; its probit is a monotone cubic in log2(scale)."""
    from scipy.special import ndtri

    row, where = np.arange(len(shares)), places(scales)
    values = probits(shares, trials) - float(ndtri(level))
    left, right = slopes(where, values, informative(shares, trials))
    ends, tangents = (values[row, step], values[row, step + 1]), (left[row, step], right[row, step])
    width = np.diff(where)[step]
    low, high = np.zeros(len(row)), np.ones(len(row))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        above = cubic(middle, ends, tangents, width) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    result: Floats = 2 ** (where[step] + high * width)
    return result
