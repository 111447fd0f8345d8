"""Every kind of mark is drawn where its numbers are."""

import numpy as np
import pytest
from made_charts import HIGH, LOW, MARKS, SCALES, SHARES
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from advspace.analysis.appearance import BLUE
from advspace.analysis.chart import Axis, Panel
from advspace.analysis.marks import Heat, Line, Points, Rule
from advspace.figures.panel import NOTHING, draw_panel, heat_of


@pytest.fixture
def drawn():
    """Draw a panel on axes of its own."""
    return lambda kind: draw_panel(MARKS[kind], Figure().subplots())


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_line(drawn):
    (line,) = drawn("line").lines
    assert line.get_xydata().tolist() == [list(point) for point in zip(SCALES, SHARES, strict=True)]
    assert (line.get_color(), line.get_linestyle(), line.get_marker(), line.get_label()) == (BLUE, "--", "s", "kept")


def test_a_band(drawn):
    (band,) = drawn("band").collections
    corners = {tuple(corner) for corner in band.get_paths()[0].vertices}
    assert set(zip(SCALES, LOW, strict=True)) | set(zip(SCALES, HIGH, strict=True)) <= corners


def test_an_area_is_in_the_legend(drawn):
    ax = drawn("area")
    (area,) = ax.collections
    corners = {tuple(corner) for corner in area.get_paths()[0].vertices}
    assert set(zip(SCALES, LOW, strict=True)) | set(zip(SCALES, HIGH, strict=True)) <= corners
    assert ax.get_legend_handles_labels()[1] == ["kept"]


def test_points_with_markers_of_their_own_are_in_the_legend_once(drawn):
    ax = drawn("points")
    places = [tuple(place) for marks in ax.collections for place in marks.get_offsets().tolist()]
    assert sorted(places) == [(1.0, 3.0), (2.0, 2.0), (4.0, 1.0)]
    assert ax.get_legend_handles_labels()[1] == ["attacks"]


def test_bars(drawn):
    ax = drawn("bars")
    bars = [(bar.get_x(), bar.get_width(), bar.get_height()) for bar in ax.patches]
    assert bars == [(0.0, 1.0, 4.0), (1.0, 2.0, 0.0)]
    assert texts(ax) == ["two bars\none is empty"]


def test_a_rule(drawn):
    ax = drawn("rule")
    assert ax.lines[1].get_xdata() == [2.0, 2.0]
    assert texts(ax) == ["half lost at 2"]


def test_a_map_has_its_columns_and_rows_by_name(drawn):
    ax = drawn("heat")
    assert heat_of(ax).get_array().filled(-1).tolist() == [[0.0, 50.0], [100.0, -1]]
    assert heat_of(ax).get_clim() == (0, 100)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1/2", "2"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_a_picture_has_a_caption_and_no_axes(drawn):
    ax = drawn("picture")
    np.testing.assert_allclose(ax.images[0].get_array(), np.linspace(0, 1, 12).reshape(3, 4))
    assert ax.images[0].get_clim() == (0, 1)
    assert ax.get_xlabel() == "original"
    assert list(ax.get_xticks()) == list(ax.get_yticks()) == []
    assert heat_of(ax) is None


def test_a_unit_is_as_long_on_both_axes_of_a_square(drawn):
    assert drawn("square").get_aspect() == 1
    assert drawn("points").get_aspect() == "auto"


def test_a_panel_without_a_finite_number_says_so(drawn):
    ax = drawn("nothing")
    assert texts(ax) == [NOTHING]
    assert ax.get_title() == "Nothing"
    assert not ax.lines


@pytest.mark.parametrize(("scale", "name"), [("linear", "linear"), ("log2", "log"), ("log10", "log")])
def test_axes_have_the_scale_the_marks_and_the_range_asked_for(scale, name):
    axis = Axis("scale", scale, ((1.0, "one"), (4.0, "four")), (0.5, 8.0))
    ax = draw_panel(Panel([Points((1.0, 4.0), (1.0, 2.0))], x=axis, y=axis), Figure().subplots())
    for own in (ax.xaxis, ax.yaxis):
        assert own.get_scale() == name
        assert own.get_ticklocs().tolist() == [1.0, 4.0]
        assert [label.get_text() for label in own.get_ticklabels()] == ["one", "four"]
        assert tuple(own.get_view_interval()) == pytest.approx((0.5, 8.0))


def test_marks_that_do_not_fit_are_thinned_below_and_kept_beside():
    axis = Axis("scale", "log2", tuple((2.0**power, str(power)) for power in range(-5, 6)))
    panel = Panel([Points((1.0, 4.0), (1.0, 2.0))], x=axis, y=axis)
    ax = draw_panel(panel, Figure().subplots(), most_ticks=4)
    assert len(ax.get_xticks()) <= 4
    assert 1.0 in ax.get_xticks()
    assert len(ax.get_yticks()) == 11


def test_dollars_are_no_formulas():
    ax = draw_panel(Panel([Points([1.0], [1.0])], "from $5 to $10", Axis("$a$")), Figure().subplots())
    assert not ax.title.get_parse_math()
    assert not ax.xaxis.label.get_parse_math()


def rule_at(x, width):
    """The places of a rule's text, of its panel from 1 to 32, and of the title."""
    figure = Figure(figsize=(width, 2.5), layout="constrained")
    line, axis = Line((1.0, 32.0), (100.0, 0.0)), Axis(scale="log2", limits=(0.9, 35.0))
    ax = draw_panel(Panel([line, Rule(x, f"half lost at {x:.3g}")], "title", axis), figure.subplots())
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    return [each.get_window_extent(renderer) for each in (ax.texts[0], ax, ax.title)]


@pytest.mark.parametrize("width", [2.0, 3.3, 6.0])
@pytest.mark.parametrize("x", [1.1, 6.0, 18.2, 31.0])
def test_the_text_of_a_rule_is_above_its_panel_where_no_mark_is(x, width):
    text, panel, title = rule_at(x, width)
    assert panel.x0 - 1 <= text.x0 <= text.x1 <= panel.x1 + 1
    assert panel.y1 <= text.y0 <= text.y1 <= title.y0


def test_the_text_of_a_rule_is_over_the_rule_where_there_is_room():
    text, panel, _ = rule_at(6.0, 6.0)
    at = panel.x0 + panel.width * np.log(6.0 / 0.9) / np.log(35.0 / 0.9)
    assert (text.x0 + text.x1) / 2 == pytest.approx(at, abs=2)


def test_points_have_their_intervals():
    ax = draw_panel(Panel([Points((1.0, 4.0), (1.0, 2.0), low=(0.5, 4.0), high=(3.0, 9.0))]), Figure().subplots())
    bars = ax.collections[0].get_segments()
    assert [bar.tolist() for bar in bars] == [[[0.5, 1.0], [3.0, 1.0]], [[4.0, 2.0], [9.0, 2.0]]]


@pytest.mark.parametrize(("rows", "texts"), [(3, ["a", "b", "c"]), (13, ["1", "3", "5", "7", "9", "11", "13"])])
def test_a_map_has_ticks_at_whole_rows(rows, texts):
    heat = Heat(np.zeros((rows, 2)), ((1.0, "1"), (2.0, "2")), list("abcdefghijklm"[:rows]), "kept, %")
    ax = draw_panel(Panel([heat]), Figure().subplots())
    assert [label.get_text() for label in ax.get_yticklabels()] == texts
    assert all(float(tick).is_integer() for tick in ax.get_yticks())
