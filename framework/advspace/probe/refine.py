"""Scales between those of the ladder, where the curve of one attack falls to one half."""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from advspace.probe.contract import ProbeRecord, Row, kept_around

REFINED = "refined"
"""Name of the table."""
HALVINGS = 3
"""How often the step of the ladder is halved; an eighth of it is left."""

Place = tuple[str, str]
"""A center and a box policy."""


def middles(records: Sequence[ProbeRecord]) -> list[tuple[str, str, float]]:
    """The geometric middle of the step in which each curve first falls to one half, with its center and box policy.

    A curve that does not do so between two scales is left out.  The middle depends on the two scales alone, so attacks
    that are lost in the same step of the ladder get the same scales.

    Args:
        records: Records of one attack, in any order.
    """
    steps = {place: _first_step(curve) for place, curve in _by_place(records).items()}
    return [(*place, sqrt(step[0] * step[1])) for place, step in steps.items() if step]


def refined_rows(ladder: Sequence[ProbeRecord], added: Sequence[ProbeRecord]) -> list[Row]:
    """Rows of the table `refined`: one for each center and box policy, with the scales that were added, and none else.

    The columns `scales`, `draws` and `kept` are lists, in the order of the scales; `kept` are the draws that keep the
    class of their center.

    Args:
        ladder: Records at the scales of the ladder.
        added: Records at the scales between them.
    """
    between = _by_place(added)
    return [
        {
            "center": center,
            "box": box,
            "scales": [record.scale for record in between.get((center, box), ())],
            "draws": [record.draws for record in between.get((center, box), ())],
            "kept": [_kept(record) for record in between.get((center, box), ())],
        }
        for center, box in _by_place(ladder)
    ]


def _by_place(records: Sequence[ProbeRecord]) -> dict[Place, list[ProbeRecord]]:
    result: dict[Place, list[ProbeRecord]] = {}
    for record in sorted(records, key=lambda record: record.scale):
        result.setdefault((record.center, record.box), []).append(record)
    return dict(sorted(result.items()))


def _first_step(curve: Sequence[ProbeRecord]) -> tuple[float, float] | None:
    """The scales around the first fall to one half; None if the curve begins below it or never falls."""
    if _is_lost(curve[0]):
        return None
    return next(((low.scale, high.scale) for low, high in pairwise(curve) if _is_lost(high)), None)


def _is_lost(record: ProbeRecord) -> bool:
    return 2 * _kept(record) <= record.draws


def _kept(record: ProbeRecord) -> int:
    return record.n_original if kept_around(record.center) == "original" else record.n_target
