"""Distance, curvature and corner of a boundary, from the shares of Gaussian probes alone.

Seen from a center at distance m inside, a boundary that is smooth keeps the share Phi(m / sigma - kappa sigma) to first
order: kappa is half the trace of its curvature.  A corner at the center keeps the same share at every sigma, c0 =
Phi^-1(p).  Together: Phi^-1(p(sigma)) = m / sigma + c0 - kappa sigma, which is linear in its three unknowns.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.interval import Floats
from advspace.statistics.probit_regression import ProbitFit, hazards, probit_fit
from advspace.statistics.shared_draws import covariance_of_counts

NAMES = ("m", "c0", "kappa")
FEWEST = 3
"""Fewest scales with draws of both kinds, one for each unknown: then the likelihood has its maximum."""
COMMON = 2.0
"""Least binomial variance of a count that the unseen draw may change: in other cells no such draw is to be expected."""
SILENT = 1e-9
"""Residuals with a smaller variance, in units of the binomial one, can show no lack of fit: they are zero."""


@dataclass(frozen=True)
class Profiles:
    """Fits of several centers; NaN where there is none.

    Args:
        values: m (in units of sigma), c0 and kappa (in units of 1 / sigma), shape (centers, 3).
        errors: Their standard errors, clustered by draw; same shape.
        misfit: p-value against the form of the curve (lack of fit), shape (centers,); NaN without spare scales.
    """

    values: Floats
    errors: Floats
    misfit: Floats

    def p_zero(self, name: str) -> Floats:
        """Two-sided p-values of Wald's test against a value of zero."""
        from scipy.special import ndtr

        column = NAMES.index(name)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(2 * ndtr(-np.abs(self.values[:, column] / self.errors[:, column])))

    def interval(self, name: str, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Both ends of the interval of one unknown."""
        from scipy.special import ndtri

        column, z = NAMES.index(name), float(ndtri(0.5 + confidence / 2))
        middle, half = self.values[:, column], z * self.errors[:, column]
        return middle - half, middle + half


def informative_scales(kept: Floats, trials: Floats) -> NDArray[np.int64]:
    """Number of scales with draws that are kept and draws that are lost, for each center."""
    return np.asarray(((kept > 0) & (kept < trials)).sum(1))


def boundary_profiles(sigma: Floats, kept: Floats, trials: Floats, covariance: Floats | None) -> Profiles:
    """Fit every center by maximum likelihood, at all scales.

    Errors are those of the sandwich V (sum over draws of s s^T) V, so draws may serve several scales.  Lack of fit is
    Pearson's statistic against a multiple of chi-squared with the mean and the variance that dependent scales give it
    (Rao & Scott's second-order correction).  The deviance would reject too often where counts are rare.

    Args:
        sigma: Standard deviation of the noise, shape (centers, scales).
        kept: Probes kept; same shape.
        trials: Probes; same shape.
        covariance: Between scales, of whether a draw is kept, shape (centers, scales, scales); None if it is not known:
            then there are no errors and no lack of fit.

    Source: Breitung 1984 (curvature); Liang & Zeger 1986 (sandwich); Rao & Scott 1984 (lack of fit).
    """
    values, errors, misfit = (np.full((len(kept), *shape), np.nan) for shape in ((3,), (3,), ()))
    result = Profiles(values, errors, misfit)
    can = informative_scales(kept, trials) >= FEWEST
    if not can.any():
        return result
    unit = np.exp(np.log(sigma[can]).mean(1))
    part = sigma[can] / unit[:, None]
    design = np.stack([1 / part, np.ones_like(part), -part], 2)
    fit = probit_fit(design, kept[can], trials[can])
    units = np.stack([unit, np.ones_like(unit), 1 / unit], 1)
    result.values[can] = np.where(fit.converged[:, None], fit.coefficients * units, np.nan)
    if covariance is not None:
        counts = covariance_of_counts(covariance[can], trials[can])
        result.errors[can] = _errors(design, fit, counts, trials[can]) * units
        result.misfit[can] = _misfit(design, fit, kept[can], trials[can], counts)
    return result


def _errors(design: Floats, fit: ProbitFit, counts: Floats, trials: Floats) -> Floats:
    """Standard errors of the sandwich, and of one draw more: the one that would tell most, and was not seen.

    At a flat boundary few draws change their class between the scales, or none.  Then the sandwich is too narrow: with
    100 draws it covers .81 of a nominal .95, with the unseen draw .95 to 1.
    """
    from scipy.special import ndtr

    up, down = hazards(fit.probit)
    inverse = np.linalg.pinv(fit.information, rcond=1e-13, hermitian=True)
    weight = inverse @ (design * (up + down)[..., None]).transpose(0, 2, 1)  # of each count in each coefficient
    common = trials * ndtr(fit.probit) * ndtr(-fit.probit) >= COMMON
    told = np.where(common[:, None], weight, 0.0)
    unseen = np.maximum(np.clip(told, 0, None).sum(2), np.clip(-told, 0, None).sum(2))
    return np.asarray(np.sqrt(np.maximum(((weight @ counts) * weight).sum(2), 0.0) + unseen**2))


def _misfit(design: Floats, fit: ProbitFit, kept: Floats, trials: Floats, counts: Floats) -> Floats:
    """p-values of Pearson's statistic."""
    from scipy.special import chdtrc, ndtr

    up, down = hazards(fit.probit)
    variance = trials * ndtr(fit.probit) * ndtr(-fit.probit)
    root = design * np.sqrt(trials * up * down)[..., None]
    rest = np.eye(root.shape[1]) - root @ np.linalg.pinv(root)
    spread = rest @ _correlation(kept, trials, counts, variance) @ rest
    first, second = np.trace(spread, axis1=1, axis2=2), (spread * spread.transpose(0, 2, 1)).sum((1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (kept - trials * ndtr(fit.probit)) ** 2 / variance
        pearson = np.where(variance > 0, terms, 0.0).sum(1)
        return np.where(first > SILENT, chdtrc(first**2 / second, pearson * first / second), 1.0)


def _correlation(kept: Floats, trials: Floats, counts: Floats, variance: Floats) -> Floats:
    """Covariance of counts in units of the binomial deviations.

    A cell whose draws are all alike is taken as independent of the others, with a variance below that of its fit: of
    its rare counts none was seen.
    """
    share = kept / trials
    root = np.sqrt(trials * share * (1 - share))
    known = root > 0
    unit = np.where(known, root, 1.0)
    both = known[:, :, None] & known[:, None, :]
    rare = np.eye(kept.shape[1]) * (variance / (1 + variance))[:, None, :]
    result: Floats = np.where(both, counts / (unit[:, :, None] * unit[:, None, :]), rare)
    return result
