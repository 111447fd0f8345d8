"""What becomes of single draws: the class of each, and how many are kept at two scales at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from advspace.errors import warn_once
from advspace.probe.cells import Cell
from advspace.probe.classify import Classes
from advspace.probe.contract import Case, Row, kept_class

JOINT, LABELS = "joint", "labels"
"""Names of the tables."""


def joint_counts(kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The matrix C of a cell's draws: C[i, j] draws are kept at scale i and at scale j.

    Scales that share their draws depend on one another.  C is all that a variance clustered by draw needs.

    Args:
        kept: Whether each draw is kept, of shape (scales, draws).
    """
    each = kept.astype(np.float32)  # matrix products of whole numbers are slow; exact up to 16 million draws
    return (each @ each.T).astype(np.int64)


def draw_tables(
    case: Case, cells: Sequence[Cell], classes: Sequence[Classes], *, shared: bool, most: int
) -> dict[str, list[Row]]:
    """Rows of the tables `joint` and `labels`: one row for each center and box policy.

    `joint` has the scales, the matrix C row by row, and the number of draws: those that all scales have.  Without
    shared draws C would say nothing about dependence, and there is no such table.  `labels` has the classes of the
    draws, scale by scale, as unsigned little-endian numbers of `width` bytes; `advspace.records.draws` reads them.

    Args:
        case: The image and its adversarial.
        cells: The cells; those of one center and box policy differ in scale only.
        classes: The class of each draw of each cell.
        shared: Whether all scales have the same draws.
        most: Most labels of one attack that are kept.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for index, cell in sorted(enumerate(cells), key=lambda each: each[1].scale):
        groups.setdefault((cell.center, cell.box), []).append(index)
    parts = [(group, [classes[index] for index in group]) for group in groups.values()]
    together = [(group, list(map(len, each)), np.concatenate(each)) for group, each in parts]
    tables: dict[str, list[Row]] = {}
    if shared:
        tables[JOINT] = [_joint(case, cells, *each) for each in together]
    count = sum(map(len, classes))
    if count <= most:
        tables[LABELS] = [_labels(cells, *each, shared=shared) for each in together]
    elif most:
        warn_once(
            f"the labels of the draws are not kept: {count} for one attack are more than keep_labels={most}; "
            f"set probe.keep_labels={count} to keep them"
        )
    return tables


def _joint(case: Case, cells: Sequence[Cell], group: Sequence[int], draws: Sequence[int], classes: Classes) -> Row:
    first, common = cells[group[0]], min(draws)
    kept = classes == kept_class(case, first.center)
    if common != max(draws):
        kept = np.concatenate([each[:common] for each in np.split(kept, np.cumsum(draws)[:-1])])
    scales = [cells[index].scale for index in group]
    joint = joint_counts(kept.reshape(-1, common)).ravel().tolist()  # plain numbers, as all probes' tables have
    return {"center": first.center, "box": first.box, "draws": common, "scales": scales, "joint": joint}


def _labels(
    cells: Sequence[Cell], group: Sequence[int], draws: Sequence[int], classes: Classes, *, shared: bool
) -> Row:
    first = cells[group[0]]
    return {
        "center": first.center,
        "box": first.box,
        "shared_draws": shared,
        "scales": [cells[index].scale for index in group],
        "draws": list(draws),
        "width": classes.itemsize,
        "labels": classes.astype(classes.dtype.newbyteorder("<"), copy=False).tobytes(),
    }
