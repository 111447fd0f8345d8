"""The certified radius of each attack: its class is chosen on the first draws, its bound is made on the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from advspace import FinishedRun
from advspace.box import POLICIES
from advspace.probe.contract import kept_around
from advspace.probe.draws import LABELS
from advspace.records.draws import labels_of
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.certified_radius import certified_radius, largest_radius

KEPT, CHANGED = "kept", "changed"
"""Claims: the smoothed classifier has the center's own class, or another class."""
KEY = [*CASE, "center", "box"]


@dataclass(frozen=True)
class Rule:
    """How draws become certificates.

    Args:
        alpha: Largest probability that any certificate of one attack, center and box policy is wrong.
        selection: First draws of each scale, which choose the class.
        pairs: Whether the draws come in pairs of mirror images, of which the first is used.
    """

    alpha: float
    selection: int
    pairs: bool = False

    def usable(self, draws: int) -> int:
        """The draws that the bound may use: independent ones, without those that choose the class."""
        independent = -(-draws // 2) if self.pairs else draws
        return max(0, independent - self.selection)


def best_radii(run: FinishedRun, rule: Rule) -> Frame:
    """The best certificate of each attack, center, box policy and claim, over the scales.

    Box policies other than `clip` and `none` are left out: they need not be a function of the point alone.

    Args:
        run: A run with the classes of its draws, more of them than `rule` sets aside.
        rule: How draws become certificates.

    Returns:
        The columns that the docstring of `Certificate` names; empty if there are no labels.
    """
    import pandas as pd

    every = pd.DataFrame(_scales(run, rule))
    if every.empty:
        return every
    images = run.images.set_index(CASE)[["label", "sd", "l2"]].rename(columns={"l2": "distortion"})
    every = every.join(images, on=CASE)
    every["sigma"] = every["scale"] * every["sd"]
    hits, draws, scales = (every[name].to_numpy(np.float64) for name in ("hits", "draws", "scales"))
    every["radius"] = every["sigma"] * certified_radius(hits, draws, rule.alpha / scales)
    every["cap"] = every["sigma"] * largest_radius(draws, rule.alpha / scales)
    own = every["label"].where(every["center"].map(kept_around) == "original", every["target"])
    kept = every["class"] == own
    best = pd.concat([_best(every, kept, KEPT), _best(every, ~kept, CHANGED)])
    return best.sort_values(["center", "box", "claim"], key=_order(run), kind="stable").reset_index(drop=True)


def _scales(run: FinishedRun, rule: Rule) -> Iterator[dict[str, Any]]:
    """The class chosen at each scale, and how many of the other draws have it."""
    step = 2 if rule.pairs else 1
    for (image_id, target), cells in labels_of(run.table(LABELS)).items():
        for (center, box), labels in cells.items():
            if box not in POLICIES:
                continue
            first, others = np.split(labels.classes[:, ::step], [rule.selection], axis=1)
            key = {"image_id": image_id, "target": target, "center": center, "box": box}
            for scale, chosen, rest in zip(labels.scales.tolist(), first, others, strict=True):
                label = int(np.bincount(chosen).argmax())
                counts = {"hits": int((rest == label).sum()), "draws": len(rest), "scales": len(labels.scales)}
                yield key | {"scale": scale, "class": label} | counts


def _best(every: Frame, allowed: Any, claim: str) -> Frame:
    """The largest radius among the allowed classes; where there is none, class -1 and radius 0."""
    won = every.assign(radius=every["radius"].where(allowed, 0.0))
    rows = won.loc[won.groupby(KEY, sort=False)["radius"].idxmax()]
    abstained = rows["radius"] <= 0
    columns = [*KEY, "claim", "class", "abstained", "radius", "cap", "scale", "sigma", "draws", "distortion"]
    rows = rows.assign(claim=claim, abstained=abstained, **{"class": rows["class"].where(~abstained, -1)})
    return rows.assign(**{name: rows[name].where(~abstained) for name in ("cap", "scale", "sigma")})[columns]


def _order(run: FinishedRun) -> Any:
    """Sort key: centers as the probe names them, `clip` before `none`, kept before changed."""
    known = {"center": run.measure.centers, "box": POLICIES, "claim": (KEPT, CHANGED)}
    ranks = {name: {value: place for place, value in enumerate(values)} for name, values in known.items()}
    return lambda column: column.map(lambda value: ranks[column.name].get(value, len(ranks[column.name])))
