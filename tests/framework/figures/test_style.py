"""Sizes, line breaks, and files without time stamps."""

from itertools import pairwise

import pytest
from made_charts import chart_of
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from advspace import AdvspaceError
from advspace.figures import draw, draw_charts
from advspace.figures.style import FigureStyle, save, wrapped


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"width": 0.0}, "figures.width must be > 0, got 0.0"),
        ({"font_size": -1.0}, "figures.font_size must be > 0, got -1.0"),
    ],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=said):
        FigureStyle(**settings)


def test_lines_are_as_long_as_fits_and_no_longer():
    text = "how the probes around an adversarial fall into classes as the noise grows"
    lines = wrapped(text, 2.0, 9.0).split("\n")
    assert " ".join(lines) == text

    def inches(line):
        return TextPath((0, 0), line, size=9.0, prop=FontProperties()).get_extents().width / 72

    assert all(inches(line) <= 2.0 for line in lines)
    for line, following in pairwise(lines):
        assert inches(f"{line} {following.split()[0]}") > 2.0


def test_line_breaks_stay_and_a_long_word_is_not_torn():
    assert wrapped("a b\nc", 10.0, 9.0) == "a b\nc"
    assert wrapped("an incomprehensibility", 0.5, 9.0) == "an\nincomprehensibility"


def test_a_number_stays_with_its_percent():
    assert wrapped("alligator, 3.37 %", 0.9, 9.0) == "alligator,\n3.37\N{NO-BREAK SPACE}%"


def test_files_are_the_same_at_any_time(tmp_path, monkeypatch):
    """Also a PDF, whose objects are packed."""
    first = draw_charts([chart_of(1)], tmp_path / "first")
    assert [path.name for path in first] == ["made.png", "made.svg", "made.pdf"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    again = save(draw(chart_of(1)), tmp_path / "made")
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
    pdf = first[2].read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    assert b"<dc:date>" not in first[1].read_bytes()


def test_text_in_a_pdf_stays_text(tmp_path):
    """As an embedded TrueType font (type 42), not as outlines."""
    *_, pdf = save(draw(chart_of(1)), tmp_path / "made")
    assert b"/FontFile2" in pdf.read_bytes()
