"""Findings as sections of a page."""

import pandas as pd
import pytest
from made_charts import MARKS, chart

from advspace import Estimate, Finding
from advspace.analysis.findings import Findings
from advspace.report.sections import MOST_ROWS, chart_data, facts, sections


def findings(**made):
    return Findings(made, {name: name.capitalize() for name in made})


def test_what_says_nothing_has_no_section():
    made = findings(words=Finding(sentence="There are words."), silent=Finding(headline={"one": Estimate(1.0)}))
    (section,) = sections(made)
    assert (section.name, section.title, section.sentence) == ("words", "Words", "There are words.")
    assert section.table is None


@pytest.mark.parametrize(("rows", "shown"), [(1, 1), (MOST_ROWS, MOST_ROWS), (MOST_ROWS + 1, MOST_ROWS)])
def test_of_a_long_table_the_first_rows_are_shown(rows, shown):
    (section,) = sections(findings(long=Finding(pd.DataFrame({"n": range(rows)}))))
    assert section.rows == rows
    assert len(section.table.rows) == shown
    assert section.file == "analysis/long.parquet"


def test_panels_are_charts_pictures_or_a_word():
    """Only panels with numbers have data for Plotly; the others keep their places."""
    made = findings(all=Finding(charts=[chart(MARKS["line"], MARKS["picture"], MARKS["nothing"], None, columns=2)]))
    (shown,) = sections(made)[0].charts
    line, picture, nothing = shown.panels
    assert (line.key, line.title, line.source) == ("made-0", "A line", "")
    assert picture.source.startswith("data:image/png;base64,")
    assert (picture.key, picture.width, picture.pixelated) == ("", 168, True)
    assert (nothing.key, nothing.note) == ("", ["There is no finite number to draw."])
    assert list(chart_data(made)) == ["made-0"]
    assert (shown.title, shown.columns, shown.pictures) == ("What becomes of the probes", 2, True)


def test_a_legend_of_one_name_is_none():
    one = findings(one=Finding(charts=[chart(MARKS["line"])]))
    two = findings(two=Finding(charts=[chart(MARKS["line"], MARKS["bars"], columns=2)]))
    assert sections(one)[0].charts[0].legend == []
    assert [name for name, *_ in sections(two)[0].charts[0].legend] == ["kept", "attacks"]
    assert sections(two)[0].charts[0].panels[1].note == ["two bars", "one is empty"]


def test_facts_say_how_sure_they_are():
    shown = facts(
        {
            "half": Estimate(2.0, 0.5, 8.0, "sd", "half scale", high_censored="above"),
            "none": Estimate(float("nan")),
            "bare": Estimate(0.25),
        }
    )
    assert [(fact.label, fact.value, fact.note) for fact in shown] == [
        ("half scale", "2", "[0.5, > 8] sd"),
        ("bare", "0.25", ""),
    ]
