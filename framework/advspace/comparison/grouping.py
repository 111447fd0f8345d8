"""Which runs of a multirun answer which question."""

from dataclasses import dataclass

from advspace.comparison.comparison import Comparison

POOLED = "seed"
"""Runs that differ in nothing else are taken as one."""
BOX = "probe.box"
"""Both policies in one run or each in its own: the same question."""


@dataclass(frozen=True)
class Group:
    """Runs that differ in one thing, and so can be laid over one another.

    Args:
        name: What else the runs are of, such as `digits, logistic`.
        lines: The runs of each line, by what that line is called.
    """

    name: str
    lines: dict[str, list[str]]


def groups(comparison: Comparison, axis: str) -> list[Group]:
    """The groups in which `axis` differs and all else but the seed is the same.

    Args:
        comparison: The runs.
        axis: `noise`, `model` or `attack`; the plugin's own settings count as part of it.
    """
    result = _grouped(comparison, _within(comparison.varies, axis), axis)
    return [group for group in result if len(group.lines) > 1]


def settings_alone(comparison: Comparison) -> list[Group]:
    """Every group of runs that differ in the seed or the box policy only, each as one line."""
    return _grouped(comparison, [BOX], "")


def _grouped(comparison: Comparison, axes: list[str], axis: str) -> list[Group]:
    rest = [key for key in comparison.varies if key not in (*axes, POOLED, BOX)]
    result: dict[str, dict[str, list[str]]] = {}
    for _, row in comparison.runs.iterrows():
        fixed = [kind for kind in ("dataset", "model", "noise") if kind != axis]
        words = [str(row[kind]) for kind in fixed]
        words += [f"{key}={row[key]}" for key in rest if key not in fixed and row[key] is not None]
        line = [str(row[axis])] if axis else []
        line += [f"{key.split('.', 1)[1]}={row[key]}" for key in axes if "." in key and key != BOX and _there(row[key])]
        result.setdefault(", ".join(words), {}).setdefault(", ".join(line), []).append(str(row["run"]))
    return [Group(name, lines) for name, lines in result.items()]


def _there(value: object) -> bool:
    return value is not None and value == value


def _within(varies: list[str], axis: str) -> list[str]:
    return [key for key in varies if key.split(".")[0] == axis]
