"""The shape of the region of each attack, from the classes of its draws."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from advspace import FinishedRun
from advspace.probe.draws import LABELS
from advspace.records.draws import Labels, labels_of
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.interval import Floats
from advspace.statistics.rays import Rays
from advspace.statistics.shape import TOLERANCE, shape_of
from advspace.statistics.shape_catalogue import Catalogue
from advspace.statistics.shape_kind import WORTH, kind_of

FAR, NEAR = "far", "near"
NEAR_SCALE = 2.0
"""Largest scale of the range `near`, in units of the distortion's standard deviation."""
CENTERS = ("tight", "adversarial")
LEFT = 2.0**-15
"""What the search for the boundary leaves, as a share of the distortion."""
SLACK = 1.01
"""Error of the depth that the stop rule measured, as a factor."""


def refusal(run: FinishedRun) -> str:
    """Why the run has no verdict, in words; empty if it may have one."""
    noise, probe = run.settings.get("noise") or {}, run.settings.get("probe") or {}
    if noise.get("plugin") != "gaussian" or noise.get("mean", "zero") != "zero":
        return "A verdict compares with a flat boundary under Gaussian noise of mean zero: take noise=gaussian."
    if probe.get("until"):
        return "A verdict needs a number of draws that does not depend on them: leave out probe.until."
    if not probe.get("shared_draws", True):
        return "A verdict needs the same draws at all scales: set probe.shared_draws=true."
    if probe.get("box") == "clip":
        return "A verdict needs draws that are not clipped: set probe.box=none or both."
    return ""


def verdicts(run: FinishedRun) -> Frame:
    """One row per attack, center and range of scales: `shape`, `kind`, `draws`, `scales`, `returning` (share of rays).

    Args:
        run: A run that `refusal` does not refuse.
    """
    import pandas as pd

    pairs = bool((run.settings.get("probe") or {}).get("pairs", False))
    depths, deviations, ladder = _depths(run), run.succeeded.set_index(CASE)["sd"], set(run.probes["scale"])
    rows: list[dict[str, Any]] = []
    for case, around in labels_of(run.table(LABELS)).items():
        for center in CENTERS:
            if (labels := around.get((center, "none"))) is not None:
                depth = depths[center][case] / deviations[case]
                own = {"image_id": case[0], "target": case[1], "center": center}
                rows += [own | row for row in _rows(labels, ladder, case[1], depth, pairs=pairs)]
    return pd.DataFrame(rows)


def _rows(
    labels: Labels, ladder: Collection[float], target: int, depth: float, *, pairs: bool
) -> Iterator[dict[str, Any]]:
    """The verdict on each range.

    Args:
        labels: Classes of the draws.
        ladder: The scales that all attacks have.
        target: The class of the region.
        depth: Upper bound of the center's depth, in units of the distortion's deviation.
        pairs: Whether draws come in pairs.
    """
    order = [index for index in np.argsort(labels.scales) if labels.scales[index] in ladder]
    scales: Floats = labels.scales[order]
    kept = np.equal(labels.classes[order].T, target)
    for name, count in ((FAR, len(scales)), (NEAR, int((scales <= NEAR_SCALE).sum()))):
        if count:
            rays, part = Rays.of(kept[:, :count], pairs=pairs), scales[:count]
            shape = shape_of(rays, depth / part)
            kind = shape.kind
            if rays.draws >= WORTH:
                kind = kind_of(shape, rays, depth / part, part, _catalogue(tuple(part), _rounded_up(depth)))
            yield {
                "range": name,
                "shape": shape.kind,
                "kind": kind,
                "draws": rays.draws,
                "scales": count,
                "returning": rays.returning / rays.units,
            }


def _depths(run: FinishedRun) -> dict[str, Any]:
    """Upper bound of each center's depth (L2) by attack.

    It is what the probe searched; else what the stop rule measured; else the length of the distortion.
    """
    import pandas as pd

    images = run.succeeded.set_index(CASE)
    measured = SLACK * images["l2"] * images["depth"] / (1 + images["depth"]) if "depth" in images else np.nan
    adversarial = pd.Series(measured, images.index, dtype=float).fillna(images["l2"])
    searched = run.table("boundary")
    if len(searched):
        adversarial.update(searched.set_index(CASE)["depth"])
    left = LEFT * images["l2"]
    return {"adversarial": adversarial + left, "tight": left}


def _rounded_up(depth: float) -> float:
    """A depth on a grid, so that attacks share catalogues."""
    return float(2.0 ** np.ceil(np.log2(depth)))


@lru_cache(maxsize=4)
def _catalogue(scales: tuple[float, ...], deepest: float) -> Catalogue:
    values: Floats = np.array(scales)
    return Catalogue.of(values, deepest, TOLERANCE)
