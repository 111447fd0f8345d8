"""Groups of runs that can share a panel, and their curves."""

from collections.abc import Sequence
from dataclasses import dataclass

from advspace.analysis.curves import Curve, curves
from advspace.analysis.finished_run import FinishedRun
from advspace.comparison.differences import called, differences

POOLED = "seed"
"""Runs that differ only in this setting are pooled."""
BOX = "probe.box"
"""Runs that differ in the box policies stay in one group."""
NAMED = ("dataset", "model", "noise")
"""Kinds of plugins at the beginning of a group's name."""
IN_NAMES = ("architecture", "name")
"""Settings that `FinishedRun.called` includes in a plugin's name."""


@dataclass(frozen=True)
class Group:
    """Runs that differ in one plugin and its settings.

    Args:
        name: Plugins and settings that the runs share, such as `digits, logistic`.
        lines: The runs of each line, by name of the line.
    """

    name: str
    lines: dict[str, list[FinishedRun]]


def groups(runs: Sequence[FinishedRun], axis: str) -> list[Group]:
    """The groups in which only `axis` and the seed differ.

    Args:
        runs: The runs.
        axis: `noise`, `model` or `attack`; the plugin's own settings count as part of it.
    """
    return [group for group in _grouped(runs, axis) if len(group.lines) > 1]


def settings_alone(runs: Sequence[FinishedRun]) -> list[Group]:
    """The groups of runs that differ only in the seed or the box policy; each group is one line."""
    return _grouped(runs, "")


def pooled_curves(runs: Sequence[FinishedRun]) -> list[Curve]:
    """The curves of one run, or the pooled curves of several runs that differ only in the seed.

    With several runs, an image's share is the mean over its attacks in all of them, so images are still resampled.
    """
    import pandas as pd

    if len(runs) == 1:
        return runs[0].curves
    tables = [run.probes.assign(run=run.name) for run in runs if len(run.probes)]
    return curves(pd.concat(tables, ignore_index=True), runs[0].measure) if tables else []


def told_apart(runs: Sequence[FinishedRun]) -> list[str]:
    """A short name for each run: the settings in which the runs differ; its own name if they do not tell it apart."""
    varies = differences([run.settings for run in runs])
    named = {f"{kind}.{setting}" for kind in varies for setting in IN_NAMES}
    names = [
        ", ".join(
            run.called(key) if "plugin" in (run.settings.get(key) or {}) else f"{key.split('.')[-1]}={value}"
            for key, value in _set(run, [key for key in varies if key not in named])
        )
        for run in runs
    ]
    return [name if name and names.count(name) == 1 else run.name for run, name in zip(runs, names, strict=True)]


def _grouped(runs: Sequence[FinishedRun], axis: str) -> list[Group]:
    varies = differences([run.settings for run in runs])
    fixed = [kind for kind in NAMED if kind != axis]
    named = {f"{kind}.{setting}" for kind in (*fixed, axis) for setting in IN_NAMES}
    within = [key for key in varies if key.startswith(f"{axis}.") and key not in (BOX, *named)]
    rest = [key for key in varies if key not in (axis, POOLED, BOX, *fixed, *within, *named)]
    result: dict[str, dict[str, list[FinishedRun]]] = {}
    for run in runs:
        words = [run.called(kind) for kind in fixed] + [f"{key}={value}" for key, value in _set(run, rest)]
        line = ([run.called(axis)] if axis else []) + [
            f"{key.split('.', 1)[1]}={value}" for key, value in _set(run, within)
        ]
        result.setdefault(", ".join(words), {}).setdefault(", ".join(line), []).append(run)
    return [Group(name, lines) for name, lines in result.items()]


def _set(run: FinishedRun, keys: Sequence[str]) -> list[tuple[str, object]]:
    """Keys and values of these settings, as far as a run has them."""
    values = [(key, called(run.settings, key)) for key in keys]
    return [(key, value) for key, value in values if value is not None]
