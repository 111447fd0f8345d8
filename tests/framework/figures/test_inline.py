"""Figures in notebooks."""

import subprocess
import sys
from io import BytesIO

import matplotlib as mpl
import pytest
from made_charts import chart_of
from PIL import Image

from advspace.figures import FigureStyle, draw


def test_a_figure_brings_its_picture_at_a_size_for_the_page():
    figure = draw(chart_of(2))
    content, size = figure._repr_png_()
    assert size == {"width": round(100 * figure.get_figwidth()), "height": round(100 * figure.get_figheight())}
    assert Image.open(BytesIO(content)).width == pytest.approx(1.6 * size["width"], abs=2)


def test_settings_of_matplotlib_stay_as_they_were():
    before = dict(mpl.rcParams)
    draw(chart_of(2), FigureStyle(font_size=10.0)).png()
    assert dict(mpl.rcParams) == before


def test_no_backend_is_loaded():
    code = "import sys; from made_charts import chart_of; from advspace.figures import draw; draw(chart_of(2)).png()\n"
    code += "sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd="tests", check=False).returncode == 0
