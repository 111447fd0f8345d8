"""Is the region a half-space? Distance, curvature and corner of the boundary, from the shares kept alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import around
from advspace.shapes import Frame
from advspace.statistics.interval import Floats
from advspace.statistics.median_interval import median_interval
from advspace.statistics.paired import paired_mean
from advspace_plugins.analysis.half_space.charts import chart
from advspace_plugins.analysis.half_space.counts import counts_of
from advspace_plugins.analysis.half_space.fits import Fits, fits_of
from advspace_plugins.analysis.half_space.refusal import limit_theorem, refusal
from advspace_plugins.analysis.half_space.words import sentence

MEANINGS = {
    "m": ("L2", "distance to the boundary"),
    "kappa": ("per unit of L2", "half the boundary's summed curvature"),
    "c0": ("", "probit share of the corner"),
}
OTHER = "original"


@dataclass(frozen=True)
class HalfSpace(Analysis):
    """The boundary seen from each center: Phi^-1(p(sigma)) = m / sigma + c0 - kappa sigma, fitted to the counts.

    m is the distance of the boundary (L2, pixels in [0, 1]), kappa half the trace of its curvature (per unit of L2; > 0
    where the region bulges, < 0 where it wraps around the center), c0 what a corner adds (a probit; 0 at a smooth
    boundary).  Probes must not be clipped, and their noise must have mean zero.  Noise that is not Gaussian has the
    same curve by the central limit theorem.

    The table has one row per attack and center: `fit` and `reason`; `informative_scales`, with probes of both kinds;
    `m`, `c0`, `kappa` with `_low` and `_high` (95 %, clustered by draw, or by pair of draws); `distortion` (L2) and
    `m_relative`, m / distortion; p-values of Wald's tests, `p_flat` (kappa = 0) and `p_no_corner` (c0 = 0), and of lack
    of fit, `p_form`; `m_linearised`, the distance in the linearised network, if the probe has computed it.  Estimates
    over attacks have the image as their unit; attacks without a fit are counted with the reason.

    Source: Breitung 1984; Franceschi, Fawzi & Fawzi 2018; Ford, Gilmer, Carlini & Cubuk 2019, arXiv:1901.10513.
    """

    title = "The boundary: distance, curvature, corner"
    order = 32
    needs = frozenset({"images", "probes.n_original", "probes.n_target"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Fit every attack around every center."""
        import pandas as pd

        refused = refusal(run)
        if refused:
            return Finding(sentence=refused)
        fits = [fits_of(run, counts) for counts in counts_of(run)]
        if not fits:
            return Finding(sentence="No fit of the boundary: no scale above 0 is common to all attacks.")
        told = [each for each in fits if each.counts.center != OTHER] or fits
        estimates = {name: estimate for each in told for name, estimate in _estimates(each).items()}
        caveats = dict.fromkeys([each.counts.caveat for each in fits] + [limit_theorem(run)])
        texts = [sentence(each, estimates.get(f"kappa_mean/{each.counts.center}")) for each in told]
        return Finding(
            pd.concat([each.table for each in fits], ignore_index=True),
            estimates,
            [chart(run, fits)],
            " ".join(text for text in (*texts, *caveats) if text),
            _beside_attacks(told),
            [name for name in estimates if name.startswith("kappa_mean")],
        )


def _estimates(fits: Fits) -> dict[str, Estimate]:
    """Mean and median over images of each unknown."""
    center, result = fits.counts.center, {}
    for name, (unit, label) in MEANINGS.items():
        values = fits.by_image(name)
        if len(values):
            text = f"{label} ({name}), {around(center)}"
            result[f"{name}_mean/{center}"] = _mean(values, unit, f"mean {text}")
            ends = median_interval(values)
            result[f"{name}_median/{center}"] = Estimate(float(np.median(values)), *ends, unit, f"median {text}")
    return result


def _mean(values: Floats, unit: str, label: str) -> Estimate:
    mean = paired_mean(values)
    low, high = (end if isfinite(end) else float("nan") for end in mean.interval())
    return Estimate(mean.mean, low, high, unit, label)


def _beside_attacks(fits: Sequence[Fits]) -> Frame:
    """The unknowns of each attack, around adversarials, or around originals if only these were probed."""
    import pandas as pd

    columns = []
    for each in fits:
        center = "" if each.counts.center == "adversarial" else f", {each.counts.center}"
        for name, (unit, _) in MEANINGS.items():
            ends = zip(each.value(name), *each.profiles.interval(name), strict=True)
            values = [Estimate(float(value), float(low), float(high), unit) for value, low, high in ends]
            keys = pd.MultiIndex.from_tuples(each.counts.cases, names=["image_id", "target"])
            columns.append(pd.Series(values, keys, name=f"{name}{center}"))
    return pd.concat(columns, axis=1).reset_index()
