"""The fit of each attack's boundary, or why there is none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advspace import FinishedRun
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.boundary_profile import FEWEST, NAMES, Profiles, boundary_profiles, informative_scales
from advspace.statistics.interval import Floats
from advspace.statistics.linear_shares import linear_distance, linear_shares
from advspace_plugins.analysis.half_space.counts import Counts

LINEARISED = "linearised"
"""The probe's table of margins and gradients at each center."""
SILENT = "no draw changes its class between the scales: the intervals are those of one draw that does"
EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class Fits:
    """The fits around one center.

    Args:
        counts: What was fitted.
        profiles: The fits, one per attack.
        reasons: Why an attack has no fit, or what its fit lacks; may be empty.
        linear_distance: Distance of the boundary of the linearised network, NaN where the run has none.
        linear_shares: Shares that it predicts, shape (attacks, scales); NaN where the run has none.
    """

    counts: Counts
    profiles: Profiles
    reasons: list[str]
    linear_distance: Floats
    linear_shares: Floats

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """Whether each attack has a fit."""
        return np.asarray(~np.isnan(self.profiles.values[:, 0]))

    def value(self, name: str) -> Floats:
        """One unknown, one value per attack."""
        return self.profiles.values[:, NAMES.index(name)]

    def by_image(self, name: str) -> Floats:
        """One unknown, one value per image with a fit: the mean over its attacks."""
        import pandas as pd

        means = pd.Series(self.value(name)).groupby(np.asarray(self.counts.image_ids)).mean()
        return np.asarray(means.dropna(), np.float64)

    @property
    def table(self) -> Frame:
        """One row per attack."""
        import pandas as pd

        profiles, counts = self.profiles, self.counts
        table = pd.DataFrame(counts.cases, columns=["image_id", "target"])
        table = table.assign(center=counts.center, fit=self.fitted, reason=self.reasons)
        table = table.assign(informative_scales=informative_scales(counts.kept, counts.trials))
        for name in NAMES:
            low, high = profiles.interval(name)
            table = table.assign(**{name: self.value(name), f"{name}_low": low, f"{name}_high": high})
        return table.assign(
            distortion=counts.length,
            m_relative=self.value("m") / counts.length,
            p_flat=profiles.p_zero("kappa"),
            p_no_corner=profiles.p_zero("c0"),
            p_form=profiles.misfit,
            m_linearised=self.linear_distance,
        )


def fits_of(run: FinishedRun, counts: Counts) -> Fits:
    """Fit every attack around one center.

    Args:
        run: The run, for its table `linearised`.
        counts: The counts around the center.
    """
    profiles = boundary_profiles(counts.sigma, counts.kept, counts.trials, counts.covariance)
    return Fits(counts, profiles, _reasons(counts, profiles), *_linearised(run, counts))


def _reasons(counts: Counts, profiles: Profiles) -> list[str]:
    informative, scales = informative_scales(counts.kept, counts.trials), len(counts.scales)
    few = "there is one scale only" if scales == 1 else f"there are {scales} scales only"
    silent = np.zeros(len(informative), bool)
    if counts.covariance is not None:
        own = np.diagonal(counts.covariance, axis1=1, axis2=2)
        silent = (own[:, :, None] + own[:, None, :] - 2 * counts.covariance).max((1, 2)) < EQUAL
    kinds = [
        ((counts.kept == counts.trials).all(1), "all probes are kept at every scale"),
        ((counts.kept == 0).all(1), "no probe is kept at any scale"),
        (np.full(len(informative), scales < FEWEST), few),
        (informative < FEWEST, f"fewer than {FEWEST} scales have probes that are kept and probes that are lost"),
        (np.isnan(profiles.values[:, 0]), "the likelihood has no maximum"),
        (silent, SILENT),
    ]
    conditions, texts = zip(*kinds, strict=True)
    return [str(text) for text in np.select(conditions, texts, "")]


def _linearised(run: FinishedRun, counts: Counts) -> tuple[Floats, Floats]:
    """Distance and shares of the linearised network, in the order of the counts."""
    distance, shares = np.full(len(counts.cases), np.nan), np.full(counts.kept.shape, np.nan)
    if LINEARISED not in run.own_tables:
        return distance, shares
    table = run.table(LINEARISED)
    rows = table[table["center"] == counts.center]
    index = {case: row for row, case in enumerate(counts.cases)}
    for row in rows[[*CASE, "margins", "gram"]].to_dict("records"):
        at = index.get((row["image_id"], row["target"]))
        if at is not None:
            margins = np.asarray(row["margins"], np.float64)
            gram = np.asarray(row["gram"], np.float64).reshape(len(margins), len(margins))
            distance[at] = linear_distance(margins, gram)
            shares[at] = linear_shares(margins, gram, counts.sigma[at])
    return distance, shares
