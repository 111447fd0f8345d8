"""Every difference that runs allow, as rows: half scales, estimates of each attack, shares at each scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from advspace import FinishedRun
from advspace.analysis.appearance import BOXES
from advspace.comparison.attack_values import cells, half_scales, keyed, ladder, shares
from advspace.comparison.contrasts import Contrast, box_lines, contrasts
from advspace.comparison.pairing import Difference, differences
from advspace.statistics.paired import UNBOUNDED
from advspace_plugins.analysis.differences.estimates import ATTACKED, estimates, measures

HALF_SCALE, KEPT = "half scale", "share kept"
SHARE_BOUNDS = (-1.0, 1.0)
BOUNDS = {"success": SHARE_BOUNDS, "on_box": SHARE_BOUNDS}


@dataclass(frozen=True)
class Row:
    """One difference between two sides.

    Args:
        contrast: The lines of runs, and what differs.
        first: Name of the first side.
        second: Name of the second side.
        center: Center of the probes; empty for an estimate of an attack.
        box: Box policy of the probes; empty for an estimate of an attack, or if it is what differs.
        quantity: `half scale`, `share kept`, or the name of an estimate.
        scale: Scale of a share; else NaN.
        unit: Unit of the difference.
        difference: The difference, second minus first.
    """

    contrast: Contrast
    first: str
    second: str
    center: str
    box: str
    quantity: str
    scale: float
    unit: str
    difference: Difference

    @property
    def pair(self) -> str:
        """What is subtracted: `laplace - gaussian`."""
        return f"{self.second} - {self.first}"


@dataclass(frozen=True)
class Sides:
    """Two cells of probes, each of some runs with one center and box policy."""

    contrast: Contrast
    names: tuple[str, str]
    center: str
    box: str
    boxes: tuple[str, str]

    @property
    def runs(self) -> tuple[Sequence[FinishedRun], Sequence[FinishedRun]]:
        """Runs of each side."""
        return self.contrast.first_runs, self.contrast.second_runs


def rows_of(runs: Sequence[FinishedRun]) -> list[Row]:
    """All rows: first half scales, then estimates of attacks, then shares.

    Args:
        runs: Runs with probes.
    """
    between = contrasts(runs)
    sides = [*_between(between), *_boxes(runs)]
    halves = [row for each in sides for row in _half_scales(each)]
    return [*halves, *_estimates(between), *(row for each in sides for row in _shares(each))]


def _between(between: Sequence[Contrast]) -> Iterator[Sides]:
    """Cells with the same center and box policy, between lines of runs whose scales mean the same."""
    for contrast in between:
        if contrast.measured_alike:
            known = cells(contrast.second_runs)
            for center, box in cells(contrast.first_runs):
                if (center, box) in known:
                    yield Sides(contrast, (contrast.first, contrast.second), center, box, (box, box))


def _boxes(runs: Sequence[FinishedRun]) -> Iterator[Sides]:
    """Cells with the same center and different box policies, within one line of runs."""
    for line in box_lines(runs):
        known = cells(line.first_runs)
        for (center, first), (other, second) in combinations(known, 2):
            if center == other:
                names = BOXES.get(first, first), BOXES.get(second, second)
                yield Sides(line, names, center, "", (first, second))


def _half_scales(sides: Sides) -> Iterator[Row]:
    """The difference in octaves on the ladder that both sides have; none if it has less than two scales."""
    ladders = [ladder(runs, sides.center, box) for runs, box in zip(sides.runs, sides.boxes, strict=True)]
    low, high = max(low for low, _ in ladders), min(high for _, high in ladders)
    if low < high:
        first, second = (
            half_scales(runs, sides.center, box) for runs, box in zip(sides.runs, sides.boxes, strict=True)
        )
        (found,) = differences(first, second, (low - high, high - low), (low, high))
        yield _row(sides, HALF_SCALE, float("nan"), "octaves", found)


def _shares(sides: Sides) -> Iterator[Row]:
    first, second = (shares(runs, sides.center, box) for runs, box in zip(sides.runs, sides.boxes, strict=True))
    scales = [float(str(scale)) for scale in first if scale in second]
    for scale, found in zip(scales, differences(first, second, SHARE_BOUNDS), strict=True):
        yield _row(sides, KEPT, scale, "of the probes", found)


def _row(sides: Sides, quantity: str, scale: float, unit: str, found: Difference) -> Row:
    first, second = sides.names
    return Row(sides.contrast, first, second, sides.center, sides.box, quantity, scale, unit, found)


def _estimates(between: Sequence[Contrast]) -> Iterator[Row]:
    """Estimates of the analyses, and measures of the attacks where these may differ."""
    for contrast in between:
        tables = (measures, estimates) if contrast.axis in ATTACKED else (estimates,)
        for table in tables:
            first, second = (keyed(runs, table) for runs in (contrast.first_runs, contrast.second_runs))
            names = [str(name) for name in first if name in second]
            for name in names:
                (found,) = differences(first[[name]], second[[name]], BOUNDS.get(name, UNBOUNDED))
                yield Row(contrast, contrast.first, contrast.second, "", "", name, float("nan"), "", found)
