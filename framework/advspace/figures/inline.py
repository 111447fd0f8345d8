"""A figure that shows itself in a notebook, whether or not pyplot is imported."""

from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from advspace.figures.style import DPI, FigureStyle

SHOWN_DPI = 100
"""Pixels per inch on the page; the picture has more, so that it is sharp on screens of high resolution."""


class InlineFigure(Figure):
    """A figure of matplotlib with a picture for notebooks.

    Only pyplot's backend tells IPython how to show figures.  This class brings the picture itself, so no backend is
    loaded or changed.

    Args:
        style: Sizes; the picture is drawn with the same as the figure.
        settings: Arguments of `matplotlib.figure.Figure`.
    """

    def __init__(self, style: FigureStyle, **settings: Any) -> None:
        super().__init__(**settings)
        self.style = style

    def png(self, dpi: float = DPI) -> bytes:
        """The figure as a PNG.

        Args:
            dpi: Pixels per inch.
        """
        content = BytesIO()
        with mpl.rc_context(self.style.parameters):
            self.savefig(content, format="png", dpi=dpi, metadata={"Software": None})
        return content.getvalue()

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The picture, and its size on the page in pixels, as IPython asks for it."""
        width, height = (round(SHOWN_DPI * length) for length in self.get_size_inches())
        return self.png(), {"width": width, "height": height}
