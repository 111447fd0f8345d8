"""Is a mean zero, inside a margin around zero, or outside of it; and how many units a decision would need."""

from math import ceil

from advspace.checks import above
from advspace.statistics.paired import Mean

ALPHA, POWER = 0.05, 0.9


def p_zero(mean: Mean) -> float:
    """Two-sided p-value against the hypothesis that the true mean is zero."""
    return min(1.0, 2 * min(mean.above(0.0), mean.below(0.0)))


def p_equivalent(mean: Mean, margin: float) -> float:
    """P-value of two one-sided tests (TOST): small if the true mean lies within +-`margin`.

    Args:
        mean: The estimate.
        margin: Largest difference that does not matter, > 0.

    Raises:
        AdvspaceError: the margin is not above 0.

    Source: Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.
    """
    above("margin", margin, 0)
    return max(mean.above(-margin), mean.below(margin))


def p_beyond(mean: Mean, margin: float) -> float:
    """Two-sided p-value against the hypothesis that the true mean lies within +-`margin`.

    Args:
        mean: The estimate.
        margin: Largest difference that does not matter, > 0.

    Raises:
        AdvspaceError: the margin is not above 0.
    """
    above("margin", margin, 0)
    return min(1.0, 2 * min(mean.above(margin), mean.below(-margin)))


def units_for_equivalence(sd: float, margin: float, alpha: float = ALPHA, power: float = POWER) -> int:
    """Units for which TOST finds equivalence with `power`, if the true mean is zero: ((z_a + z_b) sd / margin)^2.

    z_a is the normal quantile of 1 - alpha, z_b that of 1 - (1 - power) / 2.

    >>> units_for_equivalence(1.0, 0.25)
    174

    Args:
        sd: Standard deviation of one unit.
        margin: Largest difference that does not matter, > 0.
        alpha: Level of each one-sided test.
        power: Chance to find the equivalence.

    Raises:
        AdvspaceError: the margin is not above 0.
    """
    from scipy.special import ndtri

    above("margin", margin, 0)
    return _units((float(ndtri(1 - alpha)) + float(ndtri((1 + power) / 2))) * sd / margin)


def units_for_difference(sd: float, mean: float, alpha: float = ALPHA, power: float = POWER) -> int:
    """Units for which a two-sided test finds a true mean of `mean` with `power`: ((z_a + z_b) sd / mean)^2.

    z_a is the normal quantile of 1 - alpha / 2, z_b that of `power`.

    Args:
        sd: Standard deviation of one unit.
        mean: The true mean, not 0.
        alpha: Level of the test.
        power: Chance to find the difference.
    """
    from scipy.special import ndtri

    return _units((float(ndtri(1 - alpha / 2)) + float(ndtri(power))) * sd / abs(mean))


def _units(root: float) -> int:
    """The square as a number of units; a variance needs at least two."""
    return max(2, ceil(root**2))
