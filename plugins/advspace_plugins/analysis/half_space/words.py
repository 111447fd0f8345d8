"""What the fits say, in words."""

from collections import Counter

import numpy as np

from advspace import Estimate
from advspace.analysis.appearance import around
from advspace_plugins.analysis.half_space.counts import NOT_CLIPPED
from advspace_plugins.analysis.half_space.fits import SILENT, Fits

LEVEL = 0.05
MOST = 0.2
"""Share of attacks with a curve of another form above which the reader is warned."""
FORM = " (where the form is rejected, m, kappa and c0 describe the curve, not one smooth boundary)"


def sentence(fits: Fits, kappa: Estimate | None) -> str:
    """How many attacks have a fit, what the tests reject, and why others have none.

    Args:
        fits: The fits around one center.
        kappa: Mean curvature over images; None if no attack has a fit.
    """
    center, attacks, fitted = fits.counts.center, len(fits.counts.cases), int(fits.fitted.sum())
    parts = [f"{around(center, NOT_CLIPPED).capitalize()}, the boundary of {fitted} of {attacks} attacks has a fit"]
    if kappa is not None:
        parts.append(f"mean kappa {kappa} {kappa.unit}, {_bends(kappa)}")
    if fitted and fits.counts.covariance is not None:
        parts.append(_tests(fits))
    return "; ".join(parts) + "." + _missing(fits)


def _bends(kappa: Estimate) -> str:
    if kappa.low > 0:
        return "so the region bulges"
    if kappa.high < 0:
        return "so the region wraps around the center"
    return "so no curvature is shown"


def _tests(fits: Fits) -> str:
    """Tests of single attacks, each at 5 %."""
    profiles = fits.profiles
    flat, corner = (int((profiles.p_zero(name) < LEVEL).sum()) for name in ("kappa", "c0"))
    form = int((profiles.misfit < LEVEL).sum())
    text = f"tests at 5 % each reject a flat boundary in {flat}, no corner in {corner}, the form of the curve in {form}"
    return text + (FORM if form > MOST * len(fits.reasons) else "")


def _missing(fits: Fits) -> str:
    reasons = [reason for reason, good in zip(fits.reasons, fits.fitted, strict=True) if not good]
    texts = [f"{count}: {reason}" for reason, count in Counter(reasons).most_common()]
    silent = int(np.sum([reason == SILENT for reason in fits.reasons]))
    without = f" Without a fit: {'; '.join(texts)}." if texts else ""
    return without + (f" In {silent}, {SILENT}." if silent else "")
