"""Which runs of a multirun can be laid over one another, and their curves."""

from collections.abc import Sequence
from dataclasses import dataclass

from advspace.analysis.curves import Curve, curves
from advspace.analysis.finished_run import FinishedRun
from advspace.comparison.differences import called, differences

POOLED = "seed"
"""Runs that differ in nothing else are taken as one."""
BOX = "probe.box"
"""Both policies in one run or each in its own: the same question."""
NAMED = ("dataset", "model", "noise")
"""What the name of a group says first."""
SAID = ("architecture", "name")
"""Settings by which `FinishedRun.called` calls a plugin."""


@dataclass(frozen=True)
class Group:
    """Runs that differ in one thing.

    Args:
        name: What else the runs are of, such as `digits, logistic`.
        lines: The runs of each line, by what that line is called.
    """

    name: str
    lines: dict[str, list[FinishedRun]]


def groups(runs: Sequence[FinishedRun], axis: str) -> list[Group]:
    """The groups in which `axis` differs and all else but the seed is the same.

    Args:
        runs: The runs.
        axis: `noise`, `model` or `attack`; the plugin's own settings count as part of it.
    """
    return [group for group in _grouped(runs, axis) if len(group.lines) > 1]


def settings_alone(runs: Sequence[FinishedRun]) -> list[Group]:
    """Every group of runs that differ in the seed or the box policy only, each as one line."""
    return _grouped(runs, "")


def pooled_curves(runs: Sequence[FinishedRun]) -> list[Curve]:
    """The curves of one run, or of several that differ in nothing but the seed taken as one.

    Of several, an image's share is the mean over all its attacks: images stay the unit.
    """
    import pandas as pd

    if len(runs) == 1:
        return runs[0].curves
    tables = [run.probes.assign(run=run.name) for run in runs if len(run.probes)]
    return curves(pd.concat(tables, ignore_index=True), runs[0].measure) if tables else []


def _grouped(runs: Sequence[FinishedRun], axis: str) -> list[Group]:
    varies = differences([run.settings for run in runs])
    fixed = [kind for kind in NAMED if kind != axis]
    said = {f"{kind}.{setting}" for kind in (*fixed, axis) for setting in SAID}  # by `FinishedRun.called`
    within = [key for key in varies if key.startswith(f"{axis}.") and key not in (BOX, *said)]
    rest = [key for key in varies if key not in (axis, POOLED, BOX, *fixed, *within, *said)]
    result: dict[str, dict[str, list[FinishedRun]]] = {}
    for run in runs:
        words = [run.called(kind) for kind in fixed] + [f"{key}={value}" for key, value in _set(run, rest)]
        line = ([run.called(axis)] if axis else []) + [
            f"{key.split('.', 1)[1]}={value}" for key, value in _set(run, within)
        ]
        result.setdefault(", ".join(words), {}).setdefault(", ".join(line), []).append(run)
    return [Group(name, lines) for name, lines in result.items()]


def _set(run: FinishedRun, keys: Sequence[str]) -> list[tuple[str, object]]:
    """What a run has set of these keys."""
    values = [(key, called(run.settings, key)) for key in keys]
    return [(key, value) for key, value in values if value is not None]
