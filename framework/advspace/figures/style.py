"""Sizes of matplotlib figures, and their files without time stamps."""

import logging
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from advspace.checks import above
from advspace.files.atomic import write_bytes

DPI = 160
FORMATS = ("png", "svg", "pdf")
FIXED_POINT = 64
"""FreeType measures in 64ths of a pixel."""
MEASURED_AT = 1000.0
"""Size of the letters that are measured: so large that their fit to whole pixels does not count."""


@dataclass(frozen=True)
class FigureStyle:
    """The settings `figures.*`.

    Args:
        width: Width of a figure, inches; None for the width that its panels need.  A column of a paper is about 3.3.
        font_size: Size of axis labels, points; all other sizes are proportional to it.
        titles: Whether a figure has a title; papers use captions.

    Raises:
        AdvspaceError: a size is not above 0.
    """

    width: float | None = None
    font_size: float = 9.0
    titles: bool = True

    def __post_init__(self) -> None:
        if self.width is not None:
            above("figures.width", self.width, 0)
        above("figures.font_size", self.font_size, 0)

    @property
    def small(self) -> float:
        """Size of notes and legends, points."""
        return 0.8 * self.font_size

    @property
    def parameters(self) -> Any:
        """These settings as matplotlib's rcParams."""
        return {
            "font.size": self.font_size,
            "axes.titlesize": self.font_size,
            "figure.titlesize": self.font_size,
            "legend.fontsize": 0.9 * self.font_size,
            "xtick.labelsize": 0.9 * self.font_size,
            "ytick.labelsize": 0.9 * self.font_size,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "grid.linewidth": 0.6,
            "legend.frameon": False,
            "lines.markersize": 0.4 * self.font_size,
            "svg.hashsalt": "advspace",
            "pdf.fonttype": 42,  # editable text
        }


PAPER = FigureStyle()


def wrapped(text: str, width: float, size: float) -> str:
    """Break a text into lines that fit.

    Args:
        text: The text; its line breaks stay, and a number stays with its `%`.
        width: Width of a line, inches.
        size: Font size, points.
    """
    kept = text.replace(" %", "\N{NO-BREAK SPACE}%")
    return "\n".join(_wrapped(line.split(" "), 72 * width, size) for line in kept.split("\n"))


def _wrapped(words: list[str], points: float, size: float) -> str:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and length_of(longer, size) <= points:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def length_of(text: str, size: float) -> float:
    """Length of a line of text, points.

    Args:
        text: The text, one line.
        size: Font size, points.
    """
    font = get_font(findfont(FontProperties()))
    font.set_size(MEASURED_AT, 72)
    font.set_text(text)
    return float(font.get_width_height()[0]) / FIXED_POINT * size / MEASURED_AT


def save(figure: Figure, stem: Path, style: FigureStyle = PAPER) -> list[Path]:
    """Write a figure as PNG, SVG and PDF, and return the files.

    Raises:
        AdvspaceError: the folder cannot be written.
    """
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it logs every table of the fonts in a PDF
    paths = [stem.with_suffix(f".{kind}") for kind in FORMATS]
    for path in paths:
        content = BytesIO()
        with mpl.rc_context(style.parameters):
            figure.savefig(content, format=path.suffix[1:], dpi=DPI, metadata=_metadata(path))
            figure.set_layout_engine(None)  # the first file decided where all is; nothing moves in the others
        write_bytes(path, content.getvalue())
    return paths


def _metadata(path: Path) -> dict[str, None]:
    """Metadata without time stamps, so that the same run gives the same files."""
    return {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}[path.suffix]
