"""Counts and measurements of cells -> records."""

from collections.abc import Sequence

import numpy as np

from advspace.probe.cells import Cell
from advspace.probe.contract import Case, ProbeRecord
from advspace.probe.measure import Sums


def records(case: Case, cells: Sequence[Cell], class_counts: Sequence[list[int]], sums: Sums) -> list[ProbeRecord]:
    """One record per cell; all cells are computed together.

    Args:
        case: The image and its adversarial.
        cells: The cells.
        class_counts: Points per class, for each cell.
        sums: What was measured on each cell.
    """
    if not cells:
        return []
    counts = np.array(class_counts)
    draws, target, original = counts.sum(1), counts[:, case.target], counts[:, case.label]
    values = sums.points * case.image.numel()
    mean = sums.total / values
    numbers = (draws, target, original, draws - target - original)
    sd = np.sqrt(np.maximum(sums.square / values - mean**2, 0.0))
    measures = (mean, sd, sums.norm / sums.points, sums.moved / values)
    columns = [column.tolist() for column in (*numbers, *measures)]
    return [
        ProbeRecord(
            image_id=case.image_id,
            target=case.target,
            center=cell.center,
            box=cell.box,
            scale=cell.scale,
            draws=row[0],
            n_target=row[1],
            n_original=row[2],
            n_other=row[3],
            class_counts=each,
            noise_mean=row[4],
            noise_sd=row[5],
            noise_l2=row[6],
            clipped=row[7],
            extra=cell.extra,
        )
        for cell, each, row in zip(cells, class_counts, zip(*columns, strict=True), strict=True)
    ]
