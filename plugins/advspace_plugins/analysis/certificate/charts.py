"""The share of the attacks that are certified to a radius, beside the lengths of their distortions."""

import numpy as np

from advspace import FinishedRun
from advspace.analysis.appearance import BLUE, ORANGE, VERMILION, Look, around
from advspace.analysis.chart import Axis, Chart, Panel, grid, share_axis
from advspace.analysis.marks import Line
from advspace.shapes import Frame
from advspace.statistics.interval import Floats, score_interval
from advspace_plugins.analysis.certificate.radii import CHANGED, KEPT

STEPS = 81
"""Radii at which the shares are drawn."""
NOTE = (
    "Share of the attacks whose radius is larger than r. Bands: 95 % over images, at each r by itself. A certificate "
    "holds for the smoothed classifier, not for the network."
)


def chart(run: FinishedRun, table: Frame) -> Chart:
    """A panel per center and box policy: certified radii of both claims, and the lengths of the distortions.

    Args:
        run: The run.
        table: The table of `Certificate`.
    """
    lengths = table[["radius", "distortion"]].to_numpy(np.float64)
    shortest, longest = lengths[lengths > 0].min() / 2, lengths.max()
    radii = np.geomspace(shortest, longest * 1.0001, STEPS)
    x, y = Axis("radius r, L2 of pixels in [0, 1]", "log2", limits=(shortest, longest)), share_axis("attacks")
    cells = {(str(center), str(box)): rows for (center, box), rows in table.groupby(["center", "box"], sort=False)}
    panels = {cell: Panel(_lines(rows, radii), around(*cell), x, y) for cell, rows in cells.items()}
    text = "Share of the attacks whose certified radius, or whose distortion, is larger than r."
    return Chart("certificates", run.title, "what is certified", text, *grid(panels), NOTE)


def _lines(rows: Frame, radii: Floats) -> list[Line]:
    kept, changed = rows[rows["claim"] == KEPT], rows[rows["claim"] == CHANGED]
    lines = [_line(kept, "distortion", radii, "distortion", Look(ORANGE, "--"))]
    if not changed["abstained"].all():
        lines.append(_line(changed, "radius", radii, "certified, another class", Look(VERMILION, "-.")))
    return [*lines, _line(kept, "radius", radii, "certified, the center's class", Look(BLUE, "-"))]


def _line(rows: Frame, column: str, radii: Floats, name: str, look: Look) -> Line:
    """Share of the attacks beyond each radius, up to the first without any; an image counts with its attacks' mean."""
    radii = radii[: 1 + int((radii < rows[column].max()).sum())]
    beyond = rows[column].to_numpy(np.float64)[:, None] > radii
    images = np.unique(rows["image_id"].to_numpy(str), return_inverse=True)[1]
    counts = np.bincount(images)
    shares = np.stack([np.bincount(images, step) / counts for step in beyond.T.astype(np.float64)], axis=1)
    low, high = score_interval(shares.mean(0), shares.var(0), len(shares))
    return Line(radii, 100 * shares.mean(0), name, look, 100 * low, 100 * high)
