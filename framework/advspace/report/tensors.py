"""One look at every stored tensor: the first become pictures, all become one histogram."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from advspace.distortion import standardised
from advspace.figures.histogram import BINS, REACH
from advspace.records.tables import CaseKey, stored_tensors
from advspace.report.pictures import Pictures, pictures
from advspace.statistics.interval import Floats


@dataclass(frozen=True)
class Seen:
    """What the tensors of a run show.

    Args:
        pictures: Of the attacks that are shown.
        density: Of all distortions' pixels, standardised, in each bin; empty where no tensor is left.
        outside: Share of the pixels beyond the bins.
    """

    pictures: dict[CaseKey, Pictures]
    density: Floats
    outside: float


EDGES = np.linspace(-REACH, REACH, BINS)
"""Between bins, in standard deviations of the distortion."""


def look(directory: Path, shown: set[CaseKey]) -> Seen:
    """Read the tensors of a run, one part at a time.

    Args:
        directory: The run directory.
        shown: The attacks to make pictures of.
    """
    result: dict[CaseKey, Pictures] = {}
    counts, pixels = np.zeros(BINS - 1), 0
    for case, pair in stored_tensors(directory):
        if case in shown:
            result[case] = pictures(pair)
        values = standardised(pair)
        counts += np.histogram(values, EDGES)[0]
        pixels += values.size
    if not pixels:
        return Seen(result, np.empty(0), 0.0)
    return Seen(result, counts / (pixels * (EDGES[1] - EDGES[0])), 1 - float(counts.sum()) / pixels)
