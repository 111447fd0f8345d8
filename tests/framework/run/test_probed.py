"""Results in a notebook."""

from dataclasses import replace

import pytest
from made_run import made_run, summed_up
from matplotlib.figure import Figure
from page_text import Page

from advspace import Finding
from advspace.analysis.contract import Estimate
from advspace.errors import AdvspaceError
from advspace.run.probed import Probed


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return Probed(summed_up(made_run(tmp_path_factory.mktemp("run") / "run", classes=("zero", "<b>one", "two"))), {})


def test_the_text_is_short_and_names_what_there_is(found):
    lines = repr(found).splitlines()
    assert len(lines) < 15
    assert max(map(len, lines)) <= 110
    assert lines[0] == "made, hand, none, coin noise: 4 of 4 attacks succeeded"
    assert any("half scale around the adversarial" in line and "x the distortion's sd" in line for line in lines)
    assert any(line.startswith("charts: shares, half_scales") for line in lines)


def test_the_page_has_estimates_and_the_chart_of_the_shares(found):
    page = Page(found._repr_html_())
    assert "half scale around the adversarial, clipped to the box" in [row[0] for row in page.rows[1:]]
    (picture,) = (source for source in page.sources if source.startswith("data:image/png"))
    assert len(picture) > 10000
    assert 'title="shares"' in found._repr_html_()


def test_findings_show_a_table_of_sentences(found):
    assert "half_scale     Where half of the probes are lost" in repr(found.findings).splitlines()
    rows = {row[0]: row for row in Page(found.findings._repr_html_()).rows[1:]}
    assert rows["half_scale"][2] == found.findings["half_scale"].sentence
    with pytest.raises(KeyError, match="no finding is called 'halfscale'; nearest: half_scale"):
        found.findings["halfscale"]


def test_a_finding_shows_sentence_estimates_and_its_chart(found):
    finding = found.findings["half_scale"]
    assert isinstance(finding, Finding)
    assert repr(finding).splitlines()[0] == finding.title == "Where half of the probes are lost"
    assert len(repr(finding).splitlines()) < 15
    page = Page(finding._repr_html_())
    assert finding.sentence in page.text
    assert len(page.rows) == 1 + len(finding.short)
    assert 'title="half_scales"' in finding._repr_html_()


def test_texts_of_plugins_are_escaped(found):
    estimate = {"c": Estimate(1, unit="<i>")}
    marked = replace(found.findings["attacks"], title="<i>a", sentence="<i>b", headline=estimate, glance=())
    assert "<i>" not in marked._repr_html_()
    assert marked._repr_html_().count("&lt;i&gt;") == 3


def test_estimates_are_a_table(found):
    table = found.estimates
    estimate = found.findings["half_scale"].headline["half_scale/adversarial/clip"]
    assert table.loc["half_scale/adversarial/clip", ["value", "low", "high"]].tolist() == [
        estimate.value,
        estimate.low,
        estimate.high,
    ]
    assert list(table.index) == list(found.conclusion.findings.headline)
    assert len(found.findings["half_scale"].estimates) == 4


def test_a_chart_is_drawn_as_a_figure_or_on_given_axes(found):
    assert len(found.plot("shares").axes) == 4
    assert len(found.plot("shares", panel=2).axes) == 1
    figure = Figure()
    ax, other = figure.subplots(1, 2)
    assert found.plot("shares", ax=ax) is ax
    assert found.findings["shares"].plot(ax=other, panel=1) is other
    titles = [panel.title for panel in found.findings["shares"].charts[0].drawn]
    assert [each.get_title() for each in figure.axes] == titles[:2]
    assert ax.lines
    assert ax.get_legend() is not None


@pytest.mark.parametrize(
    ("name", "panel", "said"),
    [
        ("share", None, "no chart is called 'share'; nearest: shares"),
        ("shares", 4, r"panel must be 0 ... 3 for chart 'shares', got 4"),
    ],
)
def test_refused_charts(found, name, panel, said):
    for ax in (None, Figure().subplots()):
        with pytest.raises(AdvspaceError, match=said):
            found.plot(name, ax=ax, panel=panel)


def test_a_finding_without_charts_says_so(found):
    empty = next(finding for finding in found.findings.values() if not finding.charts)
    with pytest.raises(AdvspaceError, match="no chart is called 'shares'; there are none"):
        empty.plot("shares")


def test_tab_shows_what_matters_and_all_of_it_works(found):
    assert {"plot", "findings", "summary", "images", "probes", "estimates", "charts"} <= set(dir(found))
    assert not any(name.startswith("_") for name in [*dir(found), *dir(found.findings["shares"])])
    for shown in (found, found.findings["shares"]):
        assert all(hasattr(type(shown), name) or name in vars(shown) for name in dir(shown))


def test_a_run_without_successes_shows_itself_too(tmp_path):
    found = Probed(summed_up(made_run(tmp_path / "run", attacks=2, failed=(0, 1))), {})
    assert "0 of 2 attacks succeeded" in repr(found)
    assert "0 of 2 attacks succeeded" in found._repr_html_()
