"""The effective distance sigma Phi^-1(p) against sigma^2: a flat boundary is a level line, a sphere a falling one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from advspace import FinishedRun
from advspace.analysis.appearance import BLUE, GREEN, GREY, VERMILION, Look, around, number
from advspace.analysis.chart import Axis, Chart, Panel
from advspace.analysis.marks import Line, Mark
from advspace.statistics.clopper_pearson import lower_bound, upper_bound
from advspace.statistics.interval import Floats
from advspace.statistics.median_interval import median_interval
from advspace_plugins.analysis.half_space.fits import Fits

Flags = NDArray[np.bool_]
MOST = 30
"""Most attacks with a line of their own."""
CURVE = 80
"""Points of a fitted curve."""
KNOWN = 0.5
"""A scale is shown if this share of the attacks have probes of both kinds there."""
TAIL = 0.025
SPAN = 1.5
"""Scales at which the median exceeds so many lengths of the distortion are left out, if enough others are shown."""
ENOUGH = 4
ROOM = 0.05
"""Space above and below what a panel must show, as a share of its height."""
REACH = np.array([0.0, 1.0])
NOTHING = "all probes are alike\nat every scale"


def chart(run: FinishedRun, fits: Sequence[Fits]) -> Chart:
    """One panel per center.

    Args:
        run: The run.
        fits: The fits, one per center.
    """
    text = "; ".join(
        f"{around(each.counts.center)}: median m {number(float(np.nanmedian(each.value('m'))))}, median kappa "
        f"{number(float(np.nanmedian(each.value('kappa'))))}"
        for each in fits
        if each.fitted.any()
    )
    note = (
        "Thin: attacks. Points: their median, bars 95 % (one attack: Clopper-Pearson). Level: flat boundary; falling: "
        "a region that bulges; rising: one that wraps around. A sphere is a straight line. Not clipped."
    )
    panels = [_panel(run, each) for each in fits]
    what = "effective distance of the boundary"
    return Chart("half_space", run.title, what, f"sigma Phi^-1(p) against sigma^2. {text}.", panels, len(panels), note)


def _panel(run: FinishedRun, fits: Fits) -> Panel:
    counts = fits.counts
    shown = _shown(fits)
    x, unit = counts.scales[shown] ** 2, (counts.sd / counts.length)[:, None]
    distance = unit * counts.scales[shown] * _probits(counts.kept, counts.trials)[:, shown]
    marks: list[Mark] = [_attack(x, row) for row in distance[:MOST]] if len(distance) > 1 else []
    middle, low, high = _middle(fits, distance, shown)
    marks += [Line([at, at], ends, look=Look(BLUE)) for at, *ends in zip(x, low, high, strict=True)]
    marks.append(Line(x, middle, "median of the attacks" if len(distance) > 1 else "probes", Look(BLUE, "", "o")))
    marks += _fitted(fits, x) + _linearised(fits, shown)
    end = float(x[-1]) if len(x) else 1.0
    marks.append(Line([0.0, end], [1.0, 1.0], "length of the distortion", Look(GREY, ":")))
    seen = middle[np.isfinite(middle)]
    ends = np.array([min(0.0, *seen, *_finite(low)), max(1.0, *seen, *_finite(high))]) if len(seen) else REACH
    room = ROOM * (ends[1] - ends[0])
    return Panel(
        marks,
        around(counts.center),
        Axis(f"({run.measure.axis})^2"),
        Axis("sigma Phi^-1(p) / length of the distortion", limits=(ends[0] - room, ends[1] + room)),
        "" if len(seen) else NOTHING,
    )


def _shown(fits: Fits) -> Flags:
    """The scales at which most attacks have probes of both kinds, up to a distance of some distortions; all if none."""
    counts = fits.counts
    both = (counts.kept > 0) & (counts.kept < counts.trials)
    shown = both.mean(0) >= KNOWN
    if not shown.any():
        return np.ones(len(shown), bool)
    distance = counts.sigma / counts.length[:, None] * _probits(counts.kept, counts.trials)
    with np.errstate(invalid="ignore"):  # of two infinite distances with different signs there is no median
        near = shown & (np.abs(np.median(distance, 0)) <= SPAN)
    return np.asarray(near if near.sum() >= ENOUGH else shown)


def _probits(kept: Floats, trials: Floats) -> Floats:
    """Probit of each share; infinite where all probes are of one kind."""
    from scipy.special import ndtri

    return np.asarray(ndtri(kept / trials))


def _attack(x: Floats, distance: Floats) -> Line:
    return Line(x, np.where(np.isfinite(distance), distance, np.nan), look=Look("#C8C8C8", "-"))


def _middle(fits: Fits, distance: Floats, shown: Flags) -> tuple[Floats, Floats, Floats]:
    """The median over attacks with its interval; for one attack its own, by Clopper and Pearson."""
    from scipy.special import ndtri

    counts = fits.counts
    if len(distance) > 1:
        with np.errstate(invalid="ignore"):
            ends = np.array([median_interval(column) for column in distance.T])
            return np.median(distance, 0), ends[:, 0], ends[:, 1]
    kept, trials = counts.kept[0, shown], counts.trials[0, shown]
    bounds = (ndtri(bound(kept, trials, TAIL)) for bound in (lower_bound, upper_bound))
    low, high = (counts.sigma[0, shown] / counts.length[0] * bound for bound in bounds)
    return distance[0], low, high


def _fitted(fits: Fits, x: Floats) -> list[Mark]:
    """The median of the fitted curves m + c0 sigma - kappa sigma^2."""
    if not fits.fitted.any() or not len(x):
        return []
    squares = np.linspace(0, float(x[-1]), CURVE)
    sigma = fits.counts.sd[:, None] * np.sqrt(squares)
    m, c0, kappa = (fits.value(name)[:, None] for name in ("m", "c0", "kappa"))
    curves = (m + c0 * sigma - kappa * sigma**2) / fits.counts.length[:, None]
    return [Line(squares, np.median(curves[fits.fitted], 0), "median of the fits", Look(VERMILION, "-"))]


def _linearised(fits: Fits, shown: Flags) -> list[Mark]:
    """The median of what the linearised network predicts, if the run has it."""
    from scipy.special import ndtri

    counts = fits.counts
    known = ~np.isnan(fits.linear_distance)
    if not known.any():
        return []
    distance = counts.sigma * ndtri(fits.linear_shares) / counts.length[:, None]
    with np.errstate(invalid="ignore"):
        middle = np.median(distance[known][:, shown], 0)
    x = counts.scales[shown] ** 2
    return [Line(x, np.where(np.isfinite(middle), middle, np.nan), "linearised network", Look(GREEN, "--"))]


def _finite(values: Floats) -> list[float]:
    return [float(value) for value in values if np.isfinite(value)]
