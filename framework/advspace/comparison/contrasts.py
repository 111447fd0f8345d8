"""Which runs can be compared: those that differ in one plugin with its settings, or in the box policy alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from advspace.analysis.finished_run import FinishedRun
from advspace.comparison.grouping import groups, settings_alone

AXES = ("dataset", "model", "attack", "noise", "probe")
"""Kinds of plugins in which two runs may differ; the stop rule is one of the attack's settings."""
BOX = "box"
"""The axis of two box policies within the same runs."""


@dataclass(frozen=True)
class Contrast:
    """Two lines of runs that differ in one thing; runs that differ only in the seed are one line.

    Args:
        axis: What differs: a kind of plugin.
        group: What they share, such as `digits, logistic`.
        first: Name of the first line, such as `gaussian`.
        second: Name of the second line; a difference is the second minus the first.
        first_runs: Runs of the first line.
        second_runs: Runs of the second line.
    """

    axis: str
    group: str
    first: str
    second: str
    first_runs: Sequence[FinishedRun]
    second_runs: Sequence[FinishedRun]

    @property
    def measured_alike(self) -> bool:
        """Whether the scales of all their probes mean the same."""
        return len({run.measure for run in (*self.first_runs, *self.second_runs)}) == 1


def contrasts(runs: Sequence[FinishedRun]) -> list[Contrast]:
    """All pairs of lines that differ in one plugin with its settings, in the order of `AXES`.

    Args:
        runs: The runs.
    """
    return [contrast for axis in AXES for contrast in _along(runs, axis)]


def box_lines(runs: Sequence[FinishedRun]) -> list[Contrast]:
    """Each line of runs against itself: there the box policies may be compared.

    Args:
        runs: The runs.
    """
    lines = [(group.name, line) for group in settings_alone(runs) for line in group.lines.values()]
    return [Contrast(BOX, name, "", "", line, line) for name, line in lines]


def _along(runs: Sequence[FinishedRun], axis: str) -> Iterator[Contrast]:
    for group in groups(runs, axis):
        for (first, first_runs), (second, second_runs) in combinations(group.lines.items(), 2):
            yield Contrast(axis, group.name, first, second, first_runs, second_runs)
