"""Charts as values: axes, panels, legends."""

import pytest
from made_charts import MARKS, chart

from advspace import AdvspaceError
from advspace.analysis.appearance import Look
from advspace.analysis.chart import Axis, Panel, grid, scale_axis, share_axis
from advspace.analysis.marks import Line


@pytest.mark.parametrize(
    ("axis", "low", "high"),
    [
        (Axis(marks=((0.0, ""), (10.0, "")), limits=(-1.0, 2.0)), -1.0, 2.0),
        (Axis(marks=((0.0, ""), (10.0, ""))), -0.4, 10.4),
        (Axis(scale="log10", marks=((1.0, ""), (10.0, ""))), 10**-0.04, 10**1.04),
        (Axis(scale="log2", marks=((0.5, ""), (8.0, ""))), 0.5 * 16**-0.04, 8 * 16**0.04),
    ],
)
def test_an_axis_goes_a_little_beyond_its_marks(axis, low, high):
    assert axis.range == pytest.approx((low, high))


def test_an_axis_without_two_marks_is_left_to_the_renderer():
    assert Axis(marks=((1.0, "1"),)).range is None


@pytest.mark.parametrize("scale", ["linear", "log2", "log10"])
def test_backward_is_the_inverse_of_forward(scale):
    axis = Axis(scale=scale)
    assert [axis.backward(axis.forward(value)) for value in (0.25, 1.0, 32.0)] == pytest.approx([0.25, 1.0, 32.0])


def test_scales_are_shown_in_powers_of_two_unless_one_is_zero():
    assert scale_axis([4.0, 1.0, 4.0], "noise") == Axis("noise", "log2", ((1.0, "1"), (4.0, "4")))
    assert scale_axis([0.0, 4.0], "noise").scale == "linear"


def test_shares_are_shown_from_nothing_to_all():
    axis = share_axis("kept")
    assert (axis.label, [value for value, _ in axis.marks]) == ("kept, %", [0, 25, 50, 75, 100])
    low, high = axis.range
    assert low < 0 < 100 < high


def test_panels_are_laid_out_by_row_and_column_as_they_come_up():
    one, two, three = (Panel([], title) for title in ("one", "two", "three"))
    panels, columns = grid({("b", "y"): one, ("b", "x"): two, ("a", "x"): three})
    assert (panels, columns) == ([one, two, None, three], 2)


def test_what_has_no_finite_number_is_empty():
    assert [kind for kind, panel in MARKS.items() if panel.empty] == ["nothing"]
    assert Panel([]).empty


def test_the_legend_has_each_name_once_and_no_mark_without_one():
    red, blue = Look("#ff0000"), Look("#0000ff")
    marks = [Line([0.0], [1.0], "a", red), Line([0.0], [1.0], "", blue), Line([0.0], [1.0], "b", blue)]
    made = chart(Panel(marks), None, Panel(marks[:1]), columns=3)
    assert made.legend == {"a": red, "b": blue}
    assert len(made.drawn) == 2
    assert made.full_title == "digits, logistic: what becomes of the probes"


@pytest.mark.parametrize("name", ["", "1st", "with space", "a/b", "half_scale.png"])
def test_a_name_that_is_no_file_name(name):
    with pytest.raises(AdvspaceError, match="a chart's name must be of letters, digits, _ and -"):
        chart(MARKS["line"], name=name)


def test_a_chart_has_a_panel():
    with pytest.raises(AdvspaceError, match="chart 'made' must have a panel and a column, got 1 panels"):
        chart(None)
    assert chart(MARKS["line"], name="half-scale_2").name == "half-scale_2"
