"""Charts made by hand: a panel of every kind of mark, and charts of several panels."""

from math import ceil, nan

import numpy as np

from advspace.analysis.appearance import BLUE, ORANGE, Look
from advspace.analysis.chart import Axis, Chart, Panel, scale_axis, share_axis
from advspace.analysis.marks import Area, Bars, Heat, Line, Picture, Points, Rule

SCALES = (0.125, 0.5, 1.0, 2.0, 8.0)
SHARES = (100.0, 80.0, 50.0, 20.0, 0.0)
LOW, HIGH = (90.0, 70.0, 40.0, 10.0, 0.0), (100.0, 90.0, 60.0, 30.0, 10.0)
X, Y = scale_axis(SCALES, "scale of the noise"), share_axis("share of the probes")
MARKS = {
    "line": Panel([Line(SCALES, SHARES, "kept", Look(BLUE, "--", "s"))], "A line", X, Y),
    "band": Panel([Line(SCALES, SHARES, "kept", Look(BLUE, "-", "o"), LOW, HIGH)], "A band", X, Y),
    "area": Panel([Area(SCALES, LOW, HIGH, "kept", Look(ORANGE), ("a", "<b>", "c", "d", "e"))], "An area", X, Y),
    "points": Panel(
        [Points((1.0, 2.0, 4.0), (3.0, 2.0, 1.0), "attacks", texts=("a", "<b>", "c"), markers=("o", "<", "o"))]
    ),
    "bars": Panel([Bars((0.0, 1.0, 3.0), (4.0, 0.0), "attacks", Look(ORANGE))], note="two bars\none is empty"),
    "rule": Panel([Line(SCALES, SHARES), Rule(2.0, "half lost at 2")], x=X),
    "heat": Panel([Heat(np.array([[0.0, 50.0], [100.0, nan]]), ((0.5, "1/2"), (2.0, "2")), ("a", "b"), "kept, %")]),
    "square": Panel([Points(SHARES, SHARES)], note="in the other corner", square=True),
    "picture": Panel([Picture(np.linspace(0, 1, 12).reshape(3, 4))], "A picture", Axis("original")),
    "nothing": Panel([Line((nan, 1.0), (1.0, nan)), Rule(1.0)], "Nothing"),
}
"""A panel of every kind."""
TITLE = "around the adversarial, clipped to the box, of photographs"


def chart(*panels, columns=1, name="made", title="what becomes of the probes", note=""):
    """A chart of these panels."""
    return Chart(name, "digits, logistic", title, "Lines.", panels, columns, note)


def chart_of(count, title=TITLE):
    """A chart of so many panels, three beside one another at most, each with a long title."""
    panels = [Panel(MARKS["band"].marks, f"{title} {number}", X, Y) for number in range(count)]
    columns = ceil(count / ceil(count / 3))
    return chart(*panels, columns=columns, title=f"{title}, of which there are {count} beside one another here")
