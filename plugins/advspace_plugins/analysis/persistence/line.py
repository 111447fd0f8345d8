"""Persistence along the line from the original to the adversarial, from the probe's table `line`."""

from collections.abc import Sequence

import numpy as np

from advspace import FinishedRun
from advspace.analysis.appearance import BOXES, Look, looks
from advspace.analysis.chart import Axis, Chart, Panel
from advspace.analysis.counts import counts_by_scale
from advspace.analysis.marks import Line
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.median_interval import median_interval
from advspace.statistics.persistence import persistence
from advspace_plugins.analysis.persistence.reaches import Around

LINE = "line"
"""The probe's table: `t` (0 = original, 1 = adversarial), `box`, `scale`, `draws`, and `kept`, which have the class of
the point itself."""
ENDS = {"original": 0.0, "adversarial": 1.0}


def along_line(run: FinishedRun, found: Sequence[Around]) -> Frame:
    """One row per attack, box policy, t and level; empty if the run was not probed along the line.

    Args:
        run: The run.
        found: Persistence around the ends of the line.
    """
    import pandas as pd

    table = run.table(LINE) if LINE in run.own_tables else pd.DataFrame()
    if table.empty or not found:
        return pd.DataFrame()
    levels = tuple(found[0].attacks)
    inner = [_at(rows, levels) for _, rows in table.groupby(["t", "box"])]
    ends = [_end(each) for each in found if each.curve.center in ENDS]
    return pd.concat([*inner, *ends], ignore_index=True).sort_values(["box", "level", "t"], ignore_index=True)


def _at(rows: Frame, levels: tuple[float, ...]) -> Frame:
    """Persistence of all attacks at one point of their lines."""
    import pandas as pd

    kept, draws = counts_by_scale(rows[rows["scale"] > 0], "kept")
    scales, trials = kept.columns.to_numpy(np.float64), draws.to_numpy(np.float64)
    shares = kept.to_numpy(np.float64) / trials
    parts = [(level, persistence(scales, shares, level, trials)) for level in levels]
    keys = {key: kept.index.get_level_values(key) for key in CASE} | dict(rows[["box", "t"]].iloc[0])
    return pd.concat(
        [pd.DataFrame(keys | {"level": g, "scale": reach.scale, "censored": reach.censored}) for g, reach in parts]
    )


def _end(each: Around) -> Frame:
    import pandas as pd

    curve = each.curve
    keys = {"image_id": curve.image_ids, "target": curve.targets, "box": curve.box, "t": ENDS[curve.center]}
    return pd.concat(
        [
            pd.DataFrame(keys | {"level": level, "scale": ends.value.scale, "censored": ends.value.censored})
            for level, ends in each.attacks.items()
        ]
    )


def line_chart(run: FinishedRun, table: Frame) -> Chart:
    """Median over attacks of the persistence against t, a panel per box policy.

    Args:
        run: The run.
        table: The result of `along_line`, not empty.
    """
    names = {level: f"keeps {100 * level:g} %" for level in sorted(set(table["level"]))}
    colours = looks(names.values())
    boxes = sorted(set(table["box"]))
    panels = []
    for box in boxes:
        rows = table[table["box"] == box]
        lines = [_line(rows[rows["level"] == level], name, colours[name]) for level, name in names.items()]
        x, y = Axis("original (0) to adversarial (1)", limits=(-0.02, 1.02)), Axis(f"persistence ({run.measure.axis})")
        panels.append(Panel(lines, BOXES.get(box, box), x, y))
    text = "Median over attacks of the largest noise at which a share of the probes keeps the class of the point."
    note = (
        "Median over attacks, bands 95 %. Beyond the ladder its end counts. Towards a flat boundary these are straight "
        "lines that end in it."
    )
    title = "persistence along the line to the adversarial"
    return Chart("persistence_line", run.title, title, text, panels, len(panels), note)


def _line(rows: Frame, name: str, look: Look) -> Line:
    at = np.unique(rows["t"])
    groups = [rows.loc[rows["t"] == t, "scale"].to_numpy(np.float64) for t in at]
    ends = np.array([median_interval(values) for values in groups])
    return Line(at, [float(np.median(values)) for values in groups], name, look, ends[:, 0], ends[:, 1])
