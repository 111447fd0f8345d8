"""What every chart has in common: colours that the colour-blind tell apart, names, and tick marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, log2


@dataclass(frozen=True)
class Look:
    """How a line or a set of points looks.

    Args:
        colour: As `#RRGGBB`.
        line: `-`, `--`, `-.`, `:`, or nothing.
        marker: Matplotlib's letter for it, one of `MARKERS`, or nothing.
    """

    colour: str
    line: str = "-"
    marker: str = ""


MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
"""The markers that both renderers know."""
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#7F7F7F",
)
"""Okabe & Ito's colours, and a grey."""
OUTCOMES = {"target": Look(BLUE, "-", "o"), "original": Look(ORANGE, "--", "s"), "other": Look(GREY, ":", "^")}
"""The three outcomes of a probe: also told apart by their lines and markers."""
CYCLE = (
    Look(BLUE, "-", "o"),
    Look(ORANGE, "--", "s"),
    Look(GREEN, "-.", "^"),
    Look(PURPLE, ":", "D"),
    Look(SKY, "-", "v"),
    Look(VERMILION, "--", "P"),
    Look(GREY, "-.", "X"),
)
"""Curves that are laid over one another, in an order of their contrast."""
BOX_LOOKS = {"clip": Look(VERMILION, "-", "o"), "none": Look(GREEN, "--", "D")}
"""The box policies: colours that no outcome has."""
ON_DARK = {BLUE: "#3D9BDC", GREY: "#A0A0A0", VERMILION: "#F0803C", GREEN: "#22B88C"}
"""What is drawn in a dark colour on paper, on a dark page."""
NAMES = {"target": "target class", "original": "original class", "other": "any other class"}
BOXES = {"clip": "clipped to the box", "none": "not clipped"}


def around(center: str, box: str) -> str:
    """What was probed, and under which box policy, as figures and pages say it."""
    return f"around the {center}, {BOXES.get(box, box)}"


def looks(names: Iterable[str], known: dict[str, Look] | None = None) -> dict[str, Look]:
    """A look for each name: the known one, or the next of the cycle that is free."""
    fixed = known or {}
    free = [look for look in CYCLE if look not in fixed.values()]
    unknown = [name for name in dict.fromkeys(names) if name not in fixed]
    return fixed | {name: free[index % len(free)] for index, name in enumerate(unknown)}


def number(value: float) -> str:
    """A number with three digits, powers of two below one as people write them: 1/8 rather than 0.125."""
    if 0 < value < 1 and log2(value).is_integer():
        return f"1/{1 / value:g}"
    if not isfinite(value):
        return ""
    return str(round(value)) if 1000 <= value < 100_000 else f"{value:.3g}"


def ticks(values: Iterable[float]) -> tuple[tuple[float, str], ...]:
    """A tick mark with its text at each value; the same values have the same marks everywhere."""
    return tuple((float(value), number(float(value))) for value in sorted(set(values)))


def thinned(marks: Sequence[tuple[float, str]], most: int) -> list[tuple[float, str]]:
    """At most so many of the tick marks, evenly spaced, with the mark at one among them where there is one."""
    step = -(-len(marks) // max(1, most))
    first = next((index % step for index, (value, _) in enumerate(marks) if value == 1), 0)
    return list(marks[first::step])
