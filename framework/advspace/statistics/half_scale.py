"""The scale of noise at which half of the probes are lost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.interval import Floats


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
        return f"{sign}{self.scale:.3g}"


def half_scale(scales: Floats, shares: Floats) -> HalfScale:
    """Find the first scale at which `shares` falls to one half, interpolated linearly in log2(scale).

    Between scale 0 and the next, the interpolation is linear in the scale itself.

    A curve that rises again after its first crossing counts as lost, because the half scale is the extent of the
    region.

    Args:
        scales: Increasing, >= 0.
        shares: Share of the probes kept at each scale.
    """
    lost = np.flatnonzero(shares <= 0.5)
    if not len(lost):
        return HalfScale(float(scales[-1]), "above")
    first = int(lost[0])
    if first == 0:
        return HalfScale(float(scales[0]), "below")
    high, low = shares[first - 1], shares[first]
    step = (high - 0.5) / (high - low)
    if scales[first - 1] == 0:
        return HalfScale(float(step * scales[first]))
    log = np.log2(scales[first - 1]) + step * np.log2(scales[first] / scales[first - 1])
    return HalfScale(float(2**log))


def half_scale_interval(scales: Floats, resampled: Floats) -> tuple[HalfScale, HalfScale]:
    """Percentile interval (95 %) of the half scale; a censored resample counts as beyond its end of the ladder.

    Args:
        scales: Increasing, >= 0.
        resampled: Share of the probes kept: one row per resample, one column per scale.
    """
    order = _order(resampled)
    tail = int(0.025 * len(order))
    return half_scale(scales, resampled[order[tail]]), half_scale(scales, resampled[order[-1 - tail]])


def _order(curves: Floats) -> NDArray[np.intp]:
    """Indices of the rows in the order of their half scales: by the step of the ladder, then by position in the step.

    It sorts thousands of rows at once; `half_scale` takes 10 us for each.
    """
    lost = curves <= 0.5
    crossed = np.where(lost.any(1), lost.argmax(1), curves.shape[1])  # 0: below the ladder; its length: above
    row = np.flatnonzero((crossed > 0) & lost.any(1))
    high, low = curves[row, crossed[row] - 1], curves[row, crossed[row]]
    part = np.zeros(len(curves))
    part[row] = (high - 0.5) / (high - low)
    return np.lexsort((part, crossed))


def median_half_scale(halves: list[HalfScale]) -> HalfScale:
    """Median half scale of several curves; a censored one counts as beyond its end of the ladder.

    All curves have the same ladder, so this is the Kaplan-Meier median.  It is censored if half of them are.
    """
    ordered = sorted(halves, key=lambda half: half.order)
    return ordered[(len(ordered) - 1) // 2]
