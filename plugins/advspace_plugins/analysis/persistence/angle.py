"""The angle between distortion and gradient at the boundary, from the probe's table `boundary`: an audit of any attack.

The closest point of a boundary lies where the distortion is parallel to the boundary's normal, unless the box stops it.
"""

from collections.abc import Mapping

import numpy as np

from advspace import Estimate, FinishedRun
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.median_interval import median_interval

BOUNDARY = "boundary"
"""The probe's table: `distance` (L2 of the distortion), `depth` (L2 from the adversarial back to the boundary), `angle`
(degrees; NaN if the network has no gradient)."""


def angles(run: FinishedRun) -> Frame:
    """Angle and relative depth of each attack; empty if the probe has not measured them."""
    import pandas as pd

    if BOUNDARY not in run.own_tables:
        return pd.DataFrame()
    table = run.table(BOUNDARY)
    return table[[*CASE, "angle"]].assign(boundary_depth=table["depth"] / table["distance"])


def angle_estimates(table: Frame) -> Mapping[str, Estimate]:
    """The median angle over images; empty if no angle is known."""
    values = _by_image(table)
    if not len(values):
        return {}
    label = "median angle between distortion and gradient"
    return {"angle": Estimate(float(np.median(values)), *median_interval(values), "degrees", label)}


def angle_sentence(table: Frame) -> str:
    """What the angle says about the attack; empty if the run has no angles."""
    if table.empty:
        return ""
    known, attacks = int(table["angle"].notna().sum()), len(table)
    if not known:
        return f"The network gives no gradient at the boundary of any of {attacks} attacks."
    middle = float(np.median(_by_image(table)))
    missing = f"; {attacks - known} of {attacks} attacks have no gradient there" if known < attacks else ""
    return (
        f"The median angle between distortion and gradient at the boundary is {middle:.3g} degrees (0 at the closest "
        f"point of the boundary, away from the box){missing}."
    )


def _by_image(table: Frame) -> np.ndarray:
    if table.empty:
        return np.empty(0)
    return np.asarray(table.groupby("image_id")["angle"].mean().dropna(), np.float64)
