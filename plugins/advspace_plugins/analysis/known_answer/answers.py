"""Exact shares of a run whose model has a known answer."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from omegaconf import OmegaConf

from advspace import FinishedRun
from advspace.model.known_answer import HasKnownAnswer, KnownAnswer
from advspace.probe.contract import kept_around
from advspace.records.tables import CASE, CaseKey
from advspace.registry.registry import build, installed, load
from advspace.shapes import Frame, Image


def known_answer(run: FinishedRun) -> KnownAnswer | None:
    """The known answer of the run's model and noise; None if there is none."""
    noise, settings = (run.settings.get(kind) or {} for kind in ("noise", "model"))
    name = settings.get("plugin")
    if noise.get("plugin") != "gaussian" or noise.get("mean", "zero") != "zero":
        return None
    if name not in installed("model") or not issubclass(load("model", name), HasKnownAnswer):
        return None
    shape = next((tuple(pair["image"].shape) for _, pair in run.tensors()), None)
    if shape is None:
        return None
    result: KnownAnswer = build("model", OmegaConf.create(settings)).known_answer(shape, len(run.classes))
    return result


def exact_shares(run: FinishedRun, known: KnownAnswer) -> Frame:
    """One row per attack, center, box policy and scale: `draws`, `kept`, and the `exact` share."""
    import pandas as pd

    attacks, cells = run.succeeded.set_index(CASE), dict(list(run.probes.groupby(CASE)))
    parts: list[Frame] = []
    for case, centers in centers_of(run):
        labels = {"original": int(attacks["label"][case]), "target": case[1]}
        parts += _rows(known, cells[case], centers, labels, float(attacks["sd"][case]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def centers_of(run: FinishedRun) -> Iterator[tuple[CaseKey, dict[str, Image]]]:
    """The images of the centers of each attack."""
    back = _shares_back(run)
    for case, pair in run.tensors():
        image, adversarial = pair["image"], pair["adversarial"]
        tight = {"tight": adversarial + back[case] * (image - adversarial)} if case in back else {}
        yield case, {"original": image, "adversarial": adversarial} | tight


def _shares_back(run: FinishedRun) -> dict[Any, float]:
    """How far the tight adversarial of each attack lies back, as a share of the distortion; empty without it."""
    table = run.table("boundary")
    if table.empty:
        return {}
    searched = table.set_index(CASE)
    return dict(searched["depth"] / searched["distance"])


def _rows(
    known: KnownAnswer, cells: Frame, centers: Mapping[str, Image], labels: Mapping[str, int], sd: float
) -> Iterator[Frame]:
    """The rows of one attack, by center and box policy.

    Args:
        known: The known answer.
        cells: The attack's rows of the table of probes.
        centers: Images of the centers.
        labels: Class of each outcome.
        sd: Standard deviation of the noise at scale 1.
    """
    for (center, box), rows in cells.groupby(["center", "box"]):
        if center in centers:
            kept = kept_around(str(center))
            answer = known.share if box == "none" else known.clipped_share
            exact = answer(centers[str(center)], labels[kept], sd * rows["scale"].to_numpy(np.float64))
            if exact is not None:
                columns = rows[[*CASE, "center", "box", "scale", "draws"]]
                yield columns.assign(kept=rows[f"n_{kept}"], exact=exact)
