"""The interval of the mean curve's half scale: the scales at which the mean over images may be one half.

At each scale, Student's t compares the images' shares with one half.  The interval reaches from the first scale at
which the lower end of this test is at one half to the first at which its upper end is.  Between the scales of the
ladder, the mean follows the probit curve.  So does the spread between images, which is interpolated in probits.

Three things keep the interval honest where little is known:

- t has one degree of freedom less than usual, images - 2.  Shares are flat or U-shaped between images, and all of a few
  images can be on one side by chance.
- A mean share near 0 or 1 counts as half an image, not as half a probe, for the end that this moves outwards.
- If no probe is lost at one scale, or none is kept at the next, nothing says how steep the curve is between them.  Then
  the interval reaches that scale.
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from advspace.statistics.half_scale import HalfScale
from advspace.statistics.interval import Floats, Numbers
from advspace.statistics.probit_curve import cubic, informative, places, probits, slopes

PARTS = 32
"""Parts of each step of the ladder, at whose ends the test is made."""
PART = np.arange(PARTS) / PARTS


def half_scale_interval(
    scales: Floats, shares: Floats, trials: Numbers = inf, confidence: float = 0.95
) -> tuple[HalfScale, HalfScale]:
    """Both ends of the interval; a censored end lies beyond the ladder.

    One image says nothing about others: its interval is censored at both ends.

    Args:
        scales: Increasing, >= 0; shape (scales,).
        shares: Share of the probes kept, a row per image; shape (images, scales).
        trials: Number of the probes of all images, per scale or one number; infinity for shares that are known exactly.
        confidence: Nominal coverage.
    """
    if len(shares) < 2:
        return HalfScale(float(scales[0]), "below"), HalfScale(float(scales[-1]), "above")
    known = _Known(scales, shares.mean(0), np.broadcast_to(np.asarray(trials, dtype=np.float64), scales.shape))
    error = shares.std(0) * _quantile(len(shares), confidence) / np.sqrt(len(shares) - 1)
    half_image = 0.5 / (len(shares) + 1)
    lower = known.test(np.minimum(known.mean, 1 - half_image), error, -1)
    upper = known.test(np.maximum(known.mean, half_image), error, 1)
    return known.end(lower, "low"), known.end(upper, "high")


def _quantile(images: int, confidence: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(max(images - 2, 1), 0.5 + confidence / 2))


@dataclass(frozen=True)
class _Known:
    """A mean curve at the scales of its ladder."""

    scales: Floats
    mean: Floats
    trials: Floats

    def test(self, shares: Floats, error: Floats, side: int) -> Floats:
        """One end of the test at `PARTS` points of each step, and at the last scale; one half is 0.

        Args:
            shares: The mean, possibly moved towards the middle.
            error: Half the width of the test at each scale.
            side: -1 for the lower end, 1 for the upper.
        """
        curve, moved = self._curve(self.mean), self._curve(shares)
        probit = np.minimum(curve, moved) if side < 0 else np.maximum(curve, moved)
        share, density = _normal(probit)
        width = self._spread(error) * density
        if self.scales[0] == 0 and len(self.scales) > 1:  # a straight line in the scale itself
            share[:PARTS] = _line(share[:1], share[PARTS : PARTS + 1])
            width[:PARTS] = _line(width[:1], width[PARTS : PARTS + 1])
        return share + side * width - 0.5

    def _curve(self, shares: Floats) -> Floats:
        """Probits of a curve at the points of the test."""
        where, values = places(self.scales), probits(shares, self.trials)[None]
        left, right = slopes(where, values, informative(self.mean, self.trials)[None])
        ends = values[0, :-1, None], values[0, 1:, None]
        inner = cubic(PART, ends, (left[0][:, None], right[0][:, None]), np.diff(where)[:, None])
        return np.append(inner, values[0, -1])

    def _spread(self, error: Floats) -> Floats:
        """Error in units of probits at the points of the test; beside a share of 0 or 1 it is that of the other end."""
        own = error / _normal(probits(self.mean, self.trials))[1]
        certain = (self.mean == 0) | (self.mean == 1)
        left, right = np.where(certain[:-1], own[1:], own[:-1]), np.where(certain[1:], own[:-1], own[1:])
        return np.append(_line(left[:, None], right[:, None]), own[-1])

    def end(self, test: Floats, end: str) -> HalfScale:
        """The first scale at which the test falls to one half."""
        past = np.flatnonzero(test <= 0)
        if not len(past):
            return HalfScale(float(self.scales[-1]), "above")
        if past[0] == 0:
            return HalfScale(float(self.scales[0]), "below")
        step, part = divmod(int(past[0]) - 1, PARTS)
        before, after = test[past[0] - 1], test[past[0]]
        if end == "low" and self.mean[step + 1] == 0:
            return HalfScale(float(self.scales[step]))
        if end == "high" and self.mean[step] == 1:
            return HalfScale(float(self.scales[step + 1]))
        return HalfScale(self._scale(step, (part + float(before / (before - after))) / PARTS))

    def _scale(self, step: int, part: float) -> float:
        if self.scales[step] == 0:
            return float(part * self.scales[step + 1])
        where = places(self.scales)
        return float(2 ** (where[step] + part * (where[step + 1] - where[step])))


def _line(left: Floats, right: Floats) -> Floats:
    """The straight line between two ends, at the parts of a step."""
    values: Floats = left * (1 - PART) + right * PART
    return values


def _normal(probit: Floats) -> tuple[Floats, Floats]:
    """Distribution function and density of the standard normal distribution."""
    from scipy.special import ndtr

    return np.asarray(ndtr(probit)), np.exp(-(probit**2) / 2) / np.sqrt(2 * np.pi)
