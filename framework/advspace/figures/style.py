"""How every figure looks: colours that the colour-blind tell apart, sizes that print."""

from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from advspace.files import write_bytes

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
