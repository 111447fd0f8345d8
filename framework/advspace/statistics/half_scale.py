"""The scale of noise at which half of the probes are lost."""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from advspace.statistics.interval import Floats, Numbers
from advspace.statistics.probit_curve import cubic, informative, places, probits, slopes
from advspace.statistics.rounding import rounded

HALVINGS = 50


@dataclass(frozen=True)
class HalfScale:
    """The scale at which a curve falls to one half.

    Args:
        scale: The scale; if censored, the end of the ladder beyond which it is; NaN for an empty curve.
        censored: `` if it was observed; `below` if half is lost already at the lowest scale; `above` if more than half
            is kept at every scale.
    """

    scale: float
    censored: str = ""

    @property
    def order(self) -> tuple[int, float]:
        """Sort key of the half scales of one ladder; censored ones come before or after all others."""
        return {"below": -1, "": 0, "above": 1}[self.censored], self.scale

    def __str__(self) -> str:
        sign = {"": "", "below": "< ", "above": "> "}[self.censored]
        return f"{sign}{rounded(self.scale)}"


def half_scale(scales: Floats, shares: Floats, trials: Numbers = inf) -> HalfScale:
    """Find the first scale at which `shares` falls to one half; see `half_scales`.

    Args:
        scales: Increasing, >= 0.
        shares: Share of the probes kept at each scale.
        trials: Probes at each scale; infinity for shares that are known exactly.
    """
    return half_scales(scales, shares[None], trials)[0]


def half_scales(scales: Floats, shares: Floats, trials: Numbers = inf) -> list[HalfScale]:
    """Find the first scale at which each curve falls to one half.

    Between two scales the probit of the share is a monotone cubic in log2(scale); a share of 0 or 1 counts as half a
    probe.  Between scale 0 and the next, the share is a straight line in the scale itself.

    A curve that rises again after its first crossing counts as lost, because the half scale is the extent of the
    region.

    Args:
        scales: Increasing, >= 0; shape (scales,).
        shares: Share of the probes kept; shape (curves, scales).
        trials: Probes behind each share, broadcast to its shape; infinity for shares that are known exactly.
    """
    lost = shares <= 0.5
    first = np.where(lost.any(1), lost.argmax(1), len(scales))
    seen = (first > 0) & (first < len(scales))
    found = np.where(first == 0, scales[0], scales[-1])
    if seen.any():
        known = np.broadcast_to(np.asarray(trials, dtype=np.float64), shares.shape)
        found[seen] = _crossings(scales, shares[seen], known[seen], first[seen] - 1)
    states = np.select([first == 0, seen], ["below", ""], "above")
    return [HalfScale(scale, state) for scale, state in zip(found.tolist(), states.tolist(), strict=True)]


def _crossings(scales: Floats, shares: Floats, trials: Floats, step: Any) -> Floats:
    """Scale of the crossing in each curve's own step of the ladder."""
    row, where = np.arange(len(shares)), places(scales)
    values = probits(shares, trials)
    left, right = slopes(where, values, informative(shares, trials))
    ends, tangents = (values[row, step], values[row, step + 1]), (left[row, step], right[row, step])
    part = _root(ends, tangents, np.diff(where)[step])
    logarithmic: Floats = 2 ** (where[step] + part * np.diff(where)[step])
    high, low = shares[row, step], shares[row, step + 1]
    return np.where(scales[step] == 0, (high - 0.5) / (high - low) * scales[step + 1], logarithmic)


def _root(ends: tuple[Floats, Floats], tangents: tuple[Floats, Floats], width: Floats) -> Floats:
    """Part of the step at which the cubic falls to 0, by bisection."""
    low, high = np.zeros(len(width)), np.ones(len(width))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        kept = cubic(middle, ends, tangents, width) > 0
        low, high = np.where(kept, middle, low), np.where(kept, high, middle)
    return high


def median_half_scale(halves: list[HalfScale]) -> HalfScale:
    """Median half scale of several curves; a censored one counts as beyond its end of the ladder.

    All curves have the same ladder, so this is the Kaplan-Meier median.  It is censored if half of them are.
    """
    ordered = sorted(halves, key=lambda half: half.order)
    return ordered[(len(ordered) - 1) // 2]
