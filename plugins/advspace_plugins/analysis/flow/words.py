"""Which class takes over, in words."""

from collections.abc import Sequence

import numpy as np

from advspace.analysis.appearance import around, number
from advspace.statistics.rounding import rounded_down, rounded_up
from advspace_plugins.analysis.flow.shares import ORIGINAL, TARGET, Flow


def sentence(flow: Flow, names: Sequence[str], unit: str) -> str:
    """Where a single class has a larger mean share than the center's, which one, and which has most at the end.

    Args:
        flow: Mean shares of a curve.
        names: Names of the groups.
        unit: Unit of the scales.
    """
    curve, own = flow.curve, flow.own
    subject = around(curve.center, curve.box).capitalize()
    first = flow.mean[:, :-1].argmax(1)  # all other classes together are no class
    lost = np.flatnonzero(first != own)
    if not len(lost):
        end = f"up to {number(curve.scales[-1])} {unit} ({_share(flow, -1, own)})"
        return f"{subject}, {_subject(names, own)} has the largest mean share at every scale, {end}."
    at, new = int(lost[0]), int(first[lost[0]])
    taken = (
        f"{_subject(names, new)} {_verb(flow, at, new)} at {number(curve.scales[at])} {unit}: "
        f"{_share(flow, at, new)} of the probes against {_share(flow, at, own)}{_certainly(flow, at, new)}"
    )
    last = int(first[-1])
    final = f"; at {number(curve.scales[-1])}, {_subject(names, last)} has most: {_share(flow, -1, last)}"
    return f"{subject}, {taken}{final if at < len(first) - 1 else ''}."


def _subject(names: Sequence[str], group: int) -> str:
    return f"the {names[group]}" if group in (ORIGINAL, TARGET) else names[group]


def _verb(flow: Flow, at: int, group: int) -> str:
    """Whether the group is certainly ahead of the center's class at this scale or a larger one."""
    return "takes over" if (flow.ahead[0, at:, group] > 0).any() else "may take over"


def _certainly(flow: Flow, at: int, group: int) -> str:
    """Where the group is certainly ahead, if not yet at this scale."""
    certain = np.flatnonzero(flow.ahead[0, at:, group] > 0)
    if not len(certain) or not certain[0]:
        return ""
    return f", certainly ahead from {number(flow.curve.scales[at + certain[0]])}"


def _share(flow: Flow, at: int, group: int) -> str:
    mean, low, high = (100 * float(each[at, group]) for each in (flow.mean, flow.low, flow.high))
    return f"{mean:.0f} % [{rounded_down(low)}, {rounded_up(high)}]"
