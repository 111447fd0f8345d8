"""Counts of probes as tables: a row per attack, a column per scale."""

from advspace.records.tables import CASE
from advspace.shapes import Frame


def counts_by_scale(rows: Frame, kept: str) -> tuple[Frame, Frame]:
    """Probes that are kept, and probes, over the scales that all attacks have; records of one attack are added.

    Args:
        rows: Rows of one center and box policy: `image_id`, `target`, `scale`, `draws` and the column `kept`.
        kept: Name of the column of the probes that are kept.
    """
    import pandas as pd

    wide = rows.pivot_table(index=CASE, columns="scale", values=[kept, "draws"], aggfunc="sum", sort=True)
    number, trials = (pd.DataFrame(wide[name]).dropna(axis="columns") for name in (kept, "draws"))
    return number, trials
