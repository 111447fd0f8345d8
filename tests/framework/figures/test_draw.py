"""Whole figures: their sizes follow the settings, and nothing that is written on them is cut off."""

import numpy as np
import pytest
from made_charts import MARKS, SCALES, X, chart, chart_of
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from advspace import AdvspaceError
from advspace.analysis.appearance import ticks
from advspace.analysis.chart import Panel
from advspace.analysis.marks import Heat
from advspace.figures import FigureStyle, draw, plot
from advspace.report.interactive import interactive


def laid_out(figure):
    """Lay a figure out; gives where each of its texts and axes is."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    shown = [ax for ax in figure.axes if ax.get_visible()]
    words = [ax.title for ax in shown] + [label for ax in shown for label in (ax.xaxis.label, ax.yaxis.label)]
    words += [figure._suptitle] if figure._suptitle else []
    places = [text.get_window_extent(canvas.get_renderer()) for text in words if text.get_text()]
    return places, [ax.get_window_extent(canvas.get_renderer()) for ax in shown]


@pytest.mark.parametrize(
    ("panels", "style"),
    [*((count, FigureStyle()) for count in range(1, 7)), *((count, FigureStyle(width=3.3)) for count in (1, 2))],
)
def test_titles_and_labels_are_never_cut_off(panels, style):
    figure = draw(chart_of(panels), style)
    places, axes = laid_out(figure)
    page = figure.bbox.padded(1)
    for place in places:
        assert page.x0 <= place.x0 <= place.x1 <= page.x1
        assert page.y0 <= place.y0 <= place.y1 <= page.y1
    titles = places[:panels]
    for one, title in enumerate(titles):
        assert not any(title.padded(-1).overlaps(other.padded(-1)) for other in (*titles[one + 1 :], *axes))


def test_width_is_that_of_the_figure_and_its_height_follows():
    wide, narrow = (draw(chart_of(2), FigureStyle(width=width)) for width in (None, 3.3))
    assert narrow.get_figwidth() == 3.3
    assert wide.get_figwidth() > 6
    assert narrow.get_figheight() < wide.get_figheight()


def test_letters_have_the_size_asked_for():
    figure = draw(chart_of(1), FigureStyle(font_size=7.0))
    (ax,) = figure.axes
    assert [text.get_fontsize() for text in (ax.title, ax.xaxis.label, figure._suptitle)] == [7.0] * 3
    assert {label.get_fontsize() for label in ax.get_xticklabels()} == {0.9 * 7.0}
    assert {text.get_fontsize() for text in figure.legends[0].get_texts()} == {0.9 * 7.0}


def test_a_paper_has_captions_in_the_place_of_titles():
    figure = draw(chart_of(1), FigureStyle(titles=False))
    assert figure._suptitle is None
    assert draw(chart_of(1))._suptitle.get_text().startswith("digits, logistic: around the adversarial")
    assert figure.axes[0].get_title()  # what tells panels apart stays


def test_a_name_is_in_the_legend_once_and_only_outer_axes_have_labels():
    figure = draw(chart_of(4))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["kept"]
    assert [bool(ax.get_ylabel()) for ax in figure.axes] == [True, False, True, False]
    assert [bool(ax.get_xlabel()) for ax in figure.axes] == [False, False, True, True]


def test_places_without_a_panel_stay_empty():
    figure = draw(chart(MARKS["line"], None, MARKS["bars"], columns=2))
    assert [ax.get_visible() for ax in figure.axes] == [True, False, True, False]


def test_a_map_has_one_colour_bar():
    figure = draw(chart(MARKS["heat"], MARKS["heat"], columns=2))
    assert [ax.get_ylabel() for ax in figure.axes[2:]] == ["kept,\N{NO-BREAK SPACE}%"]


@pytest.mark.parametrize("kind", MARKS)
def test_every_kind_of_mark_is_drawn(kind):
    places, axes = laid_out(draw(chart(MARKS[kind])))
    assert axes[0].width > 50
    assert places


def test_plot_draws_on_axes_of_ones_own():
    ax = Figure().subplots()
    assert plot(chart_of(3), ax=ax, panel=2) is ax
    assert ax.get_title().endswith(" 2")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["kept"]
    with pytest.raises(AdvspaceError, match=r"panel must be 0 \.\.\. 2 for chart 'made', got 3"):
        plot(chart_of(3), ax=ax, panel=3)


def test_the_same_scales_have_the_same_tick_marks_in_figures_and_in_the_report():
    (ax,) = draw(chart(MARKS["band"])).axes
    drawn = list(zip(ax.get_xticks(), (label.get_text() for label in ax.get_xticklabels()), strict=True))
    axis = interactive(MARKS["band"])["layout"]["xaxis"]
    assert drawn == list(zip(axis["tickvals"], axis["ticktext"], strict=True)) == list(ticks(SCALES)) == list(X.marks)
    assert [text for _, text in drawn] == ["1/8", "1/2", "1", "2", "8"]


def test_a_map_of_few_rows_does_not_fill_a_page():
    """Three rows take two thirds of the height of thirty, with titles and axes; a colour bar's label is whole."""

    def drawn(rows, panels):
        heat = Heat(
            np.zeros((rows, 2)), ((1.0, "1"), (2.0, "2")), [f"image-{row}" for row in range(rows)], "kept by it, %"
        )
        return draw(chart(*[Panel([heat], "A map", X)] * panels, columns=min(panels, 2)))

    assert drawn(3, 4).get_figheight() < 0.7 * drawn(30, 4).get_figheight()
    alone = drawn(1, 1)
    renderer = FigureCanvasAgg(alone).get_renderer()
    alone.draw(renderer)
    label = alone.axes[-1].yaxis.label.get_window_extent(renderer)
    assert alone.bbox.y0 <= label.y0 <= label.y1 <= alone.bbox.y1
