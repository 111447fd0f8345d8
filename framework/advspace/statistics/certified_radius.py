"""The certified radius of a smoothed classifier, from a count of noisy images."""

import numpy as np

from advspace.checks import at_least
from advspace.errors import AdvspaceError
from advspace.statistics.interval import Floats, Numbers


def certified_radius(successes: Numbers, trials: Numbers, alpha: Numbers) -> Floats:
    """Radius around a center in which a smoothed classifier gives one class, elementwise; 0 where it abstains.

    The smoothed classifier gives the class that the network gives most often under Gaussian noise.  The radius is
    Phi^-1(p), where p is the lower end for the probability of the class; with p <= 1/2 nothing is certified.  It holds
    with probability 1 - alpha, if the class was not chosen on these trials.

    >>> certified_radius(990, 1000, 0.001).round(3).tolist()
    1.978

    Args:
        successes: Trials with the class.
        trials: Independent trials, >= 1.
        alpha: Largest probability of a wrong certificate, in (0, 1).

    Returns:
        Euclidean radius, in units of the noise's standard deviation, >= 0.

    Raises:
        AdvspaceError: `alpha` is not in (0, 1).

    Source: Cohen, Rosenfeld & Kolter 2019, arXiv:1902.02918, theorem 1 and algorithm CERTIFY.
    """
    from scipy.special import ndtri  # imported here: it is slow, and every command imports this package

    low = clopper_pearson_low(successes, trials, alpha)
    return np.asarray(np.where(low > 0.5, ndtri(np.maximum(low, 0.5)), 0.0))


def largest_radius(trials: Numbers, alpha: Numbers) -> Floats:
    """The radius if all trials have the class: the largest that so many trials can certify.

    >>> largest_radius(np.array([100, 1000, 10_000]), 0.001).round(2).tolist()
    [1.5, 2.46, 3.2]

    Args:
        trials: Independent trials, >= 1.
        alpha: Largest probability of a wrong certificate, in (0, 1).

    Raises:
        AdvspaceError: `alpha` is not in (0, 1).
    """
    return certified_radius(trials, trials, alpha)


def fewest_trials(alpha: float) -> int:
    """The fewest trials that can certify a radius above 0: alpha^(1/n) > 1/2.

    Args:
        alpha: Largest probability of a wrong certificate, in (0, 1).

    Raises:
        AdvspaceError: `alpha` is not in (0, 1).
    """
    check_alpha(alpha)
    return int(np.floor(-np.log2(alpha))) + 1


def clopper_pearson_low(successes: Numbers, trials: Numbers, alpha: Numbers) -> Floats:
    """One-sided lower end for a proportion: below it with probability 1 - alpha at least, elementwise.

    Args:
        successes: Number of successes.
        trials: Number of independent trials, >= 1.
        alpha: Largest probability that the proportion is below the end, in (0, 1).

    Raises:
        AdvspaceError: `alpha` is not in (0, 1), or there are no trials.

    Source: Clopper & Pearson 1934.
    """
    from scipy.special import betaincinv  # scipy.stats takes half a second to import

    check_alpha(alpha)
    hits, count = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(trials, np.float64))
    if count.size:
        at_least("trials", float(count.min()), 1)
    low = betaincinv(np.maximum(hits, 1), count - hits + 1, alpha)
    return np.asarray(np.where(hits > 0, low, 0.0))


def check_alpha(alpha: Numbers) -> None:
    """Check that each probability of error is in (0, 1).

    Raises:
        AdvspaceError: one is not.
    """
    if not np.all((np.asarray(alpha) > 0) & (np.asarray(alpha) < 1)):
        raise AdvspaceError(f"alpha must be between 0 and 1, got {alpha}; write for example alpha=0.001")
