"""How every figure and page looks: colours that the colour-blind tell apart, and names."""

COLOURS = {"target": "#0072B2", "original": "#E69F00", "other": "#7F7F7F"}
"""Okabe & Ito's blue and orange, and a grey: also told apart by their lines and markers."""
ON_DARK = {"#0072B2": "#3D9BDC", "#7F7F7F": "#A0A0A0", "#D55E00": "#F0803C", "#009E73": "#22B88C"}
"""What is drawn in a dark colour on paper, on a dark page."""
LINES = {"target": "-", "original": "--", "other": ":"}
MARKERS = {"target": "o", "original": "s", "other": "^"}
CYCLE = (
    ("#0072B2", "-", "o"),
    ("#E69F00", "--", "s"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "D"),
    ("#56B4E9", "-", "v"),
    ("#D55E00", "--", "P"),
    ("#7F7F7F", "-.", "X"),
)
"""Colour, line and marker of curves that are laid over one another: Okabe & Ito's, in an order of their contrast."""
NAMES = {"target": "target class", "original": "original class", "other": "any other class"}
BOXES = {"clip": "clipped to the box", "none": "not clipped"}


def around(center: str, box: str) -> str:
    """What was probed, and under which box policy, as figures and pages say it."""
    return f"around the {center}, {BOXES.get(box, box)}"


def power(scale: float) -> str:
    """A scale as people write it: 1/8 rather than 0.125."""
    return f"{scale:.3g}" if scale >= 1 or not scale or (1 / scale) % 1 else f"1/{1 / scale:g}"
