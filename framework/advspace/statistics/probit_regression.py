"""Probit regressions of counts, many at once: one design of a few columns for each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advspace.statistics.interval import Floats
from advspace.statistics.probit_curve import probits

MOST_STEPS, HALVINGS = 60, 12
TOLERANCE = 1e-10
"""A step that raises the log-likelihood by a smaller share ends the search."""


@dataclass(frozen=True)
class ProbitFit:
    """Maximum-likelihood fits; the first axis is that of the regressions.

    Args:
        coefficients: Shape (fits, columns).
        probit: Fitted probit of each share, shape (fits, cells).
        information: Expected information of the coefficients for independent cells, shape (fits, columns, columns).
        converged: Whether the search for the maximum ended.
    """

    coefficients: Floats
    probit: Floats
    information: Floats
    converged: NDArray[np.bool_]


def probit_fit(design: Floats, kept: Floats, trials: Floats) -> ProbitFit:
    """Fit Phi^-1(p) = design @ coefficients to counts by Fisher's scoring, with halved steps.

    Tails go through the logarithm of Phi, so a share of 10^-100 is as stable as one half.  The maximum exists if as
    many cells as there are columns, with linearly independent rows, have draws of both kinds.

    Args:
        design: Shape (fits, cells, columns).
        kept: Counts, shape (fits, cells).
        trials: Trials behind each count, >= 1; same shape.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, sections 2.5 and 4.4.
    """
    size = np.abs(design).max(1, keepdims=True)
    scaled = design / size
    start = probits(kept / trials, trials)
    beta = _weighted(scaled, start, trials * np.prod(hazards(start), axis=0))
    likelihood = _likelihood(scaled, beta, kept, trials)
    going = np.ones(len(beta), dtype=bool)
    for _ in range(MOST_STEPS):
        step = np.where(going[:, None], _step(scaled, beta, kept, trials), 0.0)
        step, risen = _halved(scaled, beta, step, kept, trials, likelihood)
        beta = beta + step
        going &= risen - likelihood > TOLERANCE * np.maximum(1, np.abs(likelihood))
        likelihood = np.maximum(risen, likelihood)
        if not going.any():
            break
    information = _information(scaled, trials * np.prod(hazards(_times(scaled, beta)), axis=0))
    outer = size * size.transpose(0, 2, 1)
    return ProbitFit(beta / size[:, 0], _times(scaled, beta), information * outer, ~going)


def hazards(probit: Floats) -> tuple[Floats, Floats]:
    """Score of a draw that is kept, phi / Phi, and minus that of one that is lost, phi / (1 - Phi), at a probit."""
    from scipy.special import log_ndtr

    density = -(probit**2) / 2 - np.log(2 * np.pi) / 2
    return np.exp(density - log_ndtr(probit)), np.exp(density - log_ndtr(-probit))


def _likelihood(design: Floats, beta: Floats, kept: Floats, trials: Floats) -> Floats:
    from scipy.special import log_ndtr

    probit = _times(design, beta)
    total: Floats = (kept * log_ndtr(probit) + (trials - kept) * log_ndtr(-probit)).sum(1)
    return total


def _step(design: Floats, beta: Floats, kept: Floats, trials: Floats) -> Floats:
    """Inverse information times score."""
    up, down = hazards(_times(design, beta))
    score = np.einsum("flc,fl->fc", design, kept * up - (trials - kept) * down)
    return _solved(_information(design, trials * up * down), score)


def _halved(
    design: Floats, beta: Floats, step: Floats, kept: Floats, trials: Floats, likelihood: Floats
) -> tuple[Floats, Floats]:
    """The step, halved until the likelihood does not fall; and the likelihood after it."""
    after = _likelihood(design, beta + step, kept, trials)
    for _ in range(HALVINGS):
        falls = ~(after >= likelihood)
        if not falls.any():
            break
        step = np.where(falls[:, None], step / 2, step)
        after = _likelihood(design, beta + step, kept, trials)
    worse = ~(after >= likelihood)
    return np.where(worse[:, None], 0.0, step), np.where(worse, likelihood, after)


def _weighted(design: Floats, values: Floats, weight: Floats) -> Floats:
    """Weighted least squares."""
    return _solved(_information(design, weight), np.einsum("flc,fl->fc", design, weight * values))


def _solved(matrix: Floats, vector: Floats) -> Floats:
    """The least-squares solution; a matrix of low rank, in a fit without a maximum, stops nothing."""
    result: Floats = (np.linalg.pinv(matrix, rcond=1e-13, hermitian=True) @ vector[..., None])[..., 0]
    return result


def _information(design: Floats, weight: Floats) -> Floats:
    result: Floats = (design * weight[..., None]).transpose(0, 2, 1) @ design
    return result


def _times(design: Floats, beta: Floats) -> Floats:
    result: Floats = (design @ beta[..., None])[..., 0]
    return result
