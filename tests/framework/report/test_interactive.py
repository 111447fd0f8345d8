"""Charts in the page: Plotly takes them, and they hold the numbers of the chart."""

import json

import numpy as np
import pytest
from made_charts import HIGH, LOW, MARKS, SCALES, SHARES
from made_run import made_run, summed_up
from plotly.graph_objects import Figure

from advspace.analysis.appearance import MARKERS, Look
from advspace.analysis.chart import Axis, Panel
from advspace.analysis.marks import Area, Heat, Line, Points
from advspace.report.interactive import height_of, interactive
from advspace.report.sections import chart_data

DRAWN = [kind for kind in MARKS if kind not in ("picture", "nothing")]


def figure_of(content):
    """The chart as Plotly's own classes check it, after its way through JSON."""
    return Figure(json.loads(json.dumps(content, allow_nan=False)))


@pytest.mark.parametrize("kind", DRAWN)
def test_plotly_takes_every_kind_of_mark(kind):
    figure = figure_of(interactive(MARKS[kind]))
    assert len(figure.data) == {"band": 2, "area": 2}.get(kind, 1)


def test_plotly_takes_every_chart_of_a_run(tmp_path):
    charts = chart_data(summed_up(made_run(tmp_path / "run", 5, failed=[3])).findings)
    assert {"shares-0", "half_scales-0", "histogram-0", "norms-0"} <= set(charts)
    for content in charts.values():
        assert figure_of(content).data


@pytest.mark.parametrize("marker", MARKERS)
def test_plotly_knows_every_marker_and_line(marker):
    for line in ("-", "--", "-.", ":", ""):
        (trace,) = figure_of(interactive(Panel([Line([0.0], [1.0], "a", Look("#000000", line, marker))]))).data
        assert trace.mode == ("lines+markers" if line else "markers")


def test_a_line_and_its_band():
    band, line = figure_of(interactive(MARKS["band"])).data
    assert (line.x, line.y) == (SCALES, SHARES)
    assert line.customdata[2] == ["40", "60"]
    outline = set(zip(band.x, band.y, strict=True))
    assert outline == set(zip(SCALES, LOW, strict=True)) | set(zip(SCALES, HIGH, strict=True))
    assert band.hoverinfo == "skip"


def test_an_area_says_what_it_is_at_its_upper_edge():
    area, edge = figure_of(interactive(MARKS["area"])).data
    outline = set(zip(area.x, area.y, strict=True))
    assert outline == set(zip(SCALES, LOW, strict=True)) | set(zip(SCALES, HIGH, strict=True))
    assert area.hoverinfo == "skip"
    assert (edge.x, edge.y, edge.name) == (SCALES, HIGH, "kept")
    assert edge.text == ("a", "&lt;b&gt;", "c", "d", "e")


def test_an_area_without_texts_says_its_height():
    _, edge = figure_of(interactive(Panel([Area([0.0, 1.0], [1.0, 2.0], [1.5, 5.0])]))).data
    assert edge.text == ("0.5", "3")


def test_points_say_what_they_are_and_tags_are_none():
    (trace,) = figure_of(interactive(MARKS["points"])).data
    assert (trace.x, trace.y) == ((1.0, 2.0, 4.0), (3.0, 2.0, 1.0))
    assert trace.text == ("a", "&lt;b&gt;", "c")
    assert trace.marker.symbol == ("circle", "triangle-left", "circle")


def test_bars_stand_on_their_edges_and_empty_ones_are_left_out():
    (trace,) = figure_of(interactive(MARKS["bars"])).data
    left = [middle - width / 2 for middle, width in zip(trace.x, trace.width, strict=True)]
    assert left == [0.0, 1.0]
    assert trace.width == (1.0, 2.0)
    assert trace.y == (4.0, None)


def test_a_map_has_its_own_columns_and_no_number_where_there_is_none():
    figure = figure_of(interactive(MARKS["heat"]))
    (trace,) = figure.data
    assert [list(row) for row in trace.z] == [[0.0, 50.0], [100.0, None]]
    assert (trace.y, figure.layout.xaxis.ticktext) == (("a", "b"), ("1/2", "2"))
    assert figure.layout.yaxis.autorange == "reversed"


def test_axes_have_the_range_of_the_chart():
    """Plotly wants logarithms to the base of ten."""
    layout = figure_of(interactive(MARKS["rule"])).layout
    first, last = layout.xaxis.range
    axis = MARKS["rule"].x
    assert layout.xaxis.type == "log"
    assert [10**first, 10**last] == pytest.approx(axis.range)
    assert (layout.shapes[0].x0, layout.shapes[0].x1) == (2.0, 2.0)
    (text,) = layout.annotations
    assert (text.text, 10**text.x, text.y, text.yref) == ("half lost at 2", pytest.approx(2.0), 1, "paper")
    assert figure_of(interactive(MARKS["band"])).layout.yaxis.range == (-3, 103)


@pytest.mark.parametrize("kind", [list, tuple, np.asarray], ids=lambda kind: kind.__name__)
def test_data_of_any_sequence_are_numbers_in_the_page(kind):
    """Authors hand over what they have; a range is a sequence, too."""
    for x in (kind([0, 1, 2]), range(3)):
        (trace,) = figure_of(interactive(Panel([Line(x, kind([0.5, float("nan"), 2.0]))]))).data
        assert (trace.x, trace.y) == ((0, 1, 2), (0.5, None, 2.0))


def test_intervals_of_points_are_lengths_to_both_sides():
    mark = Points([1.0, 4.0], [1.0, 2.0], low=[0.5, 4.0], high=[3.0, 9.0])
    (trace,) = figure_of(interactive(Panel([mark]))).data
    assert (trace.error_x.arrayminus, trace.error_x.array) == ((0.5, 0.0), (2.0, 5.0))
    assert not trace.error_x.symmetric


def map_of(rows, label="kept, %"):
    return Panel(
        [Heat(np.zeros((rows, 2)), ((0.5, "1/2"), (2.0, "2")), [f"row <{row}>" for row in range(rows)], label)]
    )


def test_a_map_of_few_rows_is_low_and_names_each():
    few, usual = figure_of(interactive(map_of(3))).layout, figure_of(interactive(MARKS["line"])).layout
    assert few.height < 0.65 * usual.height
    assert few.yaxis.ticktext == ("row &lt;0&gt;", "row &lt;1&gt;", "row &lt;2&gt;")


def test_a_map_of_many_rows_counts_them():
    layout = figure_of(interactive(map_of(100))).layout
    assert layout.yaxis.ticktext == ("1", "20", "40", "60", "80", "100")
    assert layout.yaxis.tickvals[1] == "row &lt;19&gt;"
    assert layout.height == height_of(map_of(100)) > height_of(map_of(13))


def test_a_long_label_beside_a_panel_has_two_lines():
    panel = Panel(MARKS["line"].marks, x=MARKS["line"].x, y=Axis("sigma Phi^-1(p) / length of the distortion"))
    assert figure_of(interactive(panel)).layout.yaxis.title.text == "sigma Phi^-1(p) / length of the<br>distortion"


def test_a_label_is_no_longer_than_its_colour_bar():
    (trace,) = figure_of(interactive(map_of(2, "probes that keep their class, %"))).data
    assert trace.colorbar.title.text == "probes that keep<br>their class, %"
