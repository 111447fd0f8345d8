"""One file of HTML that needs nothing else."""

import gzip
import re
from base64 import b64decode

import pytest
from jinja2 import UndefinedError
from plotly.offline import get_plotlyjs

from advspace.analysis.appearance import ON_DARK
from advspace.report.page import render
from advspace.report.table import Table

CONTENT = {
    "title": "5 < 6",
    "sentence": "<b>No</b> runs & no luck.",
    "command": "",
    "table": Table([], []),
    "sections": [],
    "failed_analyses": {},
    "charts": {},
    "failed": [],
    "settings": {},
    "versions": {},
    "files": [],
    "place": "here",
    "bibtex": "@misc{one}",
}
"""A page without runs."""


def test_every_text_is_escaped_and_every_address_forbidden():
    page = render("comparison.html", CONTENT)
    assert "5 &lt; 6" in page
    assert "&lt;b&gt;No&lt;/b&gt; runs &amp; no luck." in page
    assert "<b>No" not in page
    assert "default-src 'none'" in page


def test_plotly_is_inside_where_there_are_charts_and_only_there():
    without, with_charts = (
        render("comparison.html", CONTENT | {"charts": charts}) for charts in ({}, {"a-0": {"data": [], "layout": {}}})
    )
    assert len(without) < 100_000
    packed = max(re.findall(r"[A-Za-z0-9+/=]{1000,}", with_charts), key=len)
    assert gzip.decompress(b64decode(packed)).decode() == get_plotlyjs()
    assert all(colour in with_charts for colour in ON_DARK.values())


def test_what_a_template_lacks_is_an_error():
    content = {name: value for name, value in CONTENT.items() if name != "sentence"}
    with pytest.raises(UndefinedError, match="sentence"):
        render("comparison.html", content)


@pytest.mark.parametrize(("command", "shown"), [("python probe.py seed=1", 0), ("python probe.py a=/home/eve/x", 1)])
def test_a_command_with_a_path_says_that_it_is_shortened(command, shown):
    assert render("comparison.html", CONTENT | {"command": command}).count("Paths are shortened here") == shown
