"""Many hypotheses at once: p-values that hold for the whole family."""

import numpy as np

from advspace.statistics.interval import Floats


def holm(p_values: Floats) -> Floats:
    """Holm's step-down adjustment: rejecting what is at most alpha makes any false rejection in at most alpha of cases.

    It holds under any dependence.  A NaN, which is no test, stays NaN and does not count.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]

    Args:
        p_values: P-values of one family, shape `[n]`.

    Returns:
        Adjusted p-values in the same order, shape `[n]`.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
    """
    adjusted = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    stepped = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0) if len(order) else []
    return adjusted
