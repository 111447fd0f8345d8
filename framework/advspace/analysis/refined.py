"""The scales that a probe added for single attacks (table `refined`), joined to those that all attacks have."""

import numpy as np

from advspace.shapes import Column, Frame
from advspace.statistics.uneven_curves import UnevenCurves

LISTS = {"scales": "scale", "draws": "draws", "kept": "kept"}
"""Columns of the table that hold lists, and their names with a row for each scale."""


def joined(shares: Frame, draws: Frame, refined: Frame) -> UnevenCurves:
    """Curves of attacks at the scales that all have, and at those that some have between them.

    Args:
        shares: Share kept, a row per attack and a column per scale that all attacks have, in increasing order.
        draws: Probes behind each share.
        refined: Rows of the table `refined` around this center with this box policy; may be empty.
    """
    if len(refined):
        more = _between(refined, shares)
        shares, draws = _with(shares, more, more["kept"] / more["draws"]), _with(draws, more, more["draws"])
    scales, *values = (np.asarray(each, np.float64) for each in (shares.columns, shares, draws))
    return UnevenCurves(scales, *values)


def _between(refined: Frame, common: Frame) -> Frame:
    """A row per attack and scale, for the scales between those that all attacks have."""
    rows = refined[[*common.index.names, *LISTS]].explode(list(LISTS)).dropna(subset=["scales"]).rename(columns=LISTS)
    rows = rows.astype(dict.fromkeys(LISTS.values(), np.float64))
    inside = rows["scale"].between(common.columns[0], common.columns[-1])
    return rows[inside & ~rows["scale"].isin(common.columns)]


def _with(common: Frame, more: Frame, values: Column) -> Frame:
    """A row per attack and a column per scale, in increasing order; NaN where an attack was not probed."""
    added = more.assign(value=values).pivot_table("value", list(common.index.names), "scale")
    return common.join(added.reindex(common.index)).sort_index(axis="columns")
