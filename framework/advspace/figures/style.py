"""How every figure looks: colours that the colour-blind tell apart, sizes that print."""

from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from advspace.atomic import write_bytes

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
DPI = 160
STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.hashsalt": "advspace",
}


def around(center: str, box: str) -> str:
    """What was probed, and under which box policy, as figures and pages say it."""
    return f"around the {center}, {BOXES.get(box, box)}"


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of that size in inches."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width, height), layout="constrained")


def log2_axis(axes: Axes) -> None:
    """Show a relative noise axis in powers of two."""
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}" if value >= 1 else f"1/{1 / value:g}"))


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write a figure as PNG and SVG.

    Raises:
        AdvspaceError: the folder cannot be written.
    """
    paths = [stem.with_suffix(f".{kind}") for kind in ("png", "svg")]
    for path in paths:
        content = BytesIO()
        with mpl.rc_context(STYLE):
            figure.savefig(content, format=path.suffix[1:], dpi=DPI, metadata=_metadata(path))
        write_bytes(path, content.getvalue())
    return paths


def _metadata(path: Path) -> dict[str, None]:
    """No time stamps: the same run draws the same files."""
    return {"Date": None} if path.suffix == ".svg" else {"Software": None}
