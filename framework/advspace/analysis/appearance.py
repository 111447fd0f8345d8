"""Appearance of all charts: colours that colour-blind readers can distinguish, names, and tick marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, log2


@dataclass(frozen=True)
class Look:
    """The look of a line or a set of points.

    Args:
        colour: `#RRGGBB`.
        line: `-`, `--`, `-.`, `:`, or empty for no line.
        marker: Matplotlib's letter for the marker, one of `MARKERS`, or empty for no marker.
        width: Width of the line, as a factor.
    """

    colour: str
    line: str = "-"
    marker: str = ""
    width: float = 1.0


MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
"""The markers of both renderers."""
BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#7F7F7F",
)
"""Okabe & Ito's colours, and grey."""
OUTCOMES = {"target": Look(BLUE, "-", "o"), "original": Look(ORANGE, "--", "s"), "other": Look(GREY, ":", "^")}
"""The three outcomes of a probe; they differ in line and marker too."""
CYCLE = (
    Look(BLUE, "-", "o"),
    Look(ORANGE, "--", "s"),
    Look(GREEN, "-.", "^"),
    Look(PURPLE, ":", "D"),
    Look(SKY, "-", "v"),
    Look(VERMILION, "--", "P"),
    Look(GREY, "-.", "X"),
)
"""Looks of curves in one panel, in the order of contrast."""
BOX_LOOKS = {"clip": Look(VERMILION, "-", "o"), "none": Look(GREEN, "--", "D")}
"""Looks of the box policies; no outcome has these colours."""
ON_DARK = {BLUE: "#3D9BDC", GREY: "#A0A0A0", VERMILION: "#F0803C", GREEN: "#22B88C"}
"""Lighter colours on a dark page, for colours that are dark on paper."""
NAMES = {"target": "target class", "original": "original class", "other": "any other class"}
BOXES = {"clip": "clipped to the box", "none": "not clipped"}


CENTERS = {"tight": "tight adversarial"}
"""Names of centers that are not clear by themselves."""


def around(center: str, box: str = "") -> str:
    """Name of a center with its box policy, if any, in figures and pages."""
    name = f"around the {CENTERS.get(center, center)}"
    return f"{name}, {BOXES.get(box, box)}" if box else name


def beside(center: str, box: str) -> str:
    """The end of a column's name beside attacks: the box policy, after a center other than the adversarial."""
    return f"{'' if center == 'adversarial' else f'{center}, '}{BOXES.get(box, box)}"


def looks(names: Iterable[str], known: dict[str, Look] | None = None) -> dict[str, Look]:
    """A look for each name: the known look, or the next free one of the cycle."""
    fixed = known or {}
    free = [look for look in CYCLE if look not in fixed.values()]
    unknown = [name for name in dict.fromkeys(names) if name not in fixed]
    return fixed | {name: free[index % len(free)] for index, name in enumerate(unknown)}


def number(value: float) -> str:
    """A number with three digits; powers of two below one as a fraction: 1/8, not 0.125."""
    if 0 < value < 1 and log2(value).is_integer():
        return f"1/{1 / value:g}"
    if not isfinite(value):
        return ""
    return str(round(value)) if 1000 <= value < 100_000 else f"{value:.3g}"


def percent(share: float) -> str:
    """A share in percent, three digits; beyond 0.1 and 99.9 % only this is said."""
    if not isfinite(share):
        return ""
    if share < 0.001 or share > 0.999:
        return "< 0.1 %" if share < 0.5 else "> 99.9 %"
    return f"{100 * share:.3g} %"


def ticks(values: Iterable[float]) -> tuple[tuple[float, str], ...]:
    """A tick mark with its text at each different value, in increasing order."""
    return tuple((float(value), number(float(value))) for value in sorted(set(values)))


def thinned(marks: Sequence[tuple[float, str]], most: int) -> list[tuple[float, str]]:
    """At most `most` of the tick marks, evenly spaced; a mark at value 1 is kept."""
    step = -(-len(marks) // max(1, most))
    first = next((index % step for index, (value, _) in enumerate(marks) if value == 1), 0)
    return list(marks[first::step])
