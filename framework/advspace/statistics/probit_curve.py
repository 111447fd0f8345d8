"""Share curves between the scales that were probed: a monotone cubic on the probit scale.

The probit of a share is nearly a straight line in log2(scale) where regions end like a ball, and in 1 / scale where
they end like a half-space, Phi(m / scale).  The cubic follows both: its slope at a scale comes from both sides.
"""

from typing import Any

import numpy as np

from advspace.statistics.interval import Floats, Numbers

FEW = 5
"""A share says how steep the curve is if so many probes are kept and so many lost."""
TINY = 1e-12


def probits(shares: Floats, trials: Numbers) -> Floats:
    """Probits of shares, finite: 0 and 1 become half a count, 0.5 / (trials + 1) and 1 minus it.

    Args:
        shares: In [0, 1].
        trials: Probes behind each share; infinity for a share that is known exactly.
    """
    from scipy.special import ndtri

    least = np.maximum(0.5 / (np.asarray(trials, dtype=np.float64) + 1), TINY)
    return np.asarray(ndtri(np.clip(shares, least, 1 - least)))


def informative(shares: Floats, trials: Numbers) -> Any:
    """Whether a share is far enough from 0 and 1 to tell how steep the curve is near it."""
    least = np.broadcast_to(FEW / np.asarray(trials, dtype=np.float64), shares.shape)
    return (shares >= least) & (shares <= 1 - least) & (shares > 0) & (shares < 1)


def places(scales: Floats) -> Floats:
    """Coordinates of the scales: log2(scale); scale 0 lies as far below the next as that below the third."""
    if scales[0] > 0:
        return np.log2(scales)
    above = np.log2(scales[1:])
    first = above[:1] - (above[1:2] - above[:1] if len(above) > 1 else 1.0)
    return np.concatenate([first, above])


def slopes(places: Floats, values: Floats, known: Any) -> tuple[Floats, Floats]:
    """Slopes at the left and at the right end of each step, of a cubic that is monotone where the values are.

    They are Fritsch and Butland's weighted harmonic means of the slopes on both sides.  Where the value beyond the
    step says nothing of the slope, it is that of the straight line.

    Args:
        places: Shape (scales,).
        values: Shape (curves, scales).
        known: Which values tell a slope; shape (curves, scales).

    Returns:
        Two arrays of shape (curves, scales - 1).

    Source: Fritsch & Butland 1984, the formula of scipy's PchipInterpolator.
    """
    width = np.diff(places)
    straight = np.diff(values, axis=1) / width
    left, right = straight.copy(), straight.copy()
    before, after = straight[:, :-1], straight[:, 1:]
    one, two = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same = before * after > 0
    safe = np.where(same, before, 1.0), np.where(same, after, 1.0)
    mean = np.where(same, (one + two) / (one / safe[0] + two / safe[1]), 0.0)
    left[:, 1:] = np.where(known[:, :-2], mean, after)
    right[:, :-1] = np.where(known[:, 2:], mean, before)
    return left, right


def cubic(part: Floats, ends: tuple[Floats, Floats], slopes: tuple[Floats, Floats], width: Floats) -> Floats:
    """Hermite's cubic at the part of a step, from 0 to 1; all arguments are broadcast."""
    rest = 1 - part
    from_left = (1 + 2 * part) * rest**2 * ends[0] + part * rest**2 * width * slopes[0]
    from_right = part**2 * (1 + 2 * rest) * ends[1] - part**2 * rest * width * slopes[1]
    value: Floats = from_left + from_right
    return value


def between(scales: Floats, shares: Floats, trials: Numbers, wanted: Floats) -> Floats:
    """Shares of curves at scales within the ladder, read from the cubic; never outside the shares beside them.

    In the step beside scale 0 it is a straight line in the scale itself.

    Args:
        scales: Increasing, >= 0, two at least; shape (scales,).
        shares: Share of the probes kept; shape (curves, scales).
        trials: Probes behind each share, broadcast to its shape.
        wanted: Scales from the lowest to the highest, > 0; shape (wanted,).

    Returns:
        Shares of shape (curves, wanted).
    """
    from scipy.special import ndtr

    where, values = places(scales), probits(shares, trials)
    left, right = slopes(where, values, informative(shares, trials))
    step = np.clip(np.searchsorted(scales, wanted, side="right") - 1, 0, len(scales) - 2)
    width = np.diff(where)[step]
    ends, tangents = (values[:, step], values[:, step + 1]), (left[:, step], right[:, step])
    curve = ndtr(cubic((np.log2(wanted) - where[step]) / width, ends, tangents, width))
    before, after = shares[:, step], shares[:, step + 1]
    line = before + (after - before) * wanted / scales[step + 1]
    result = np.where(scales[step] == 0, line, curve)
    return np.clip(result, np.minimum(before, after), np.maximum(before, after))
