"""docs/notebook.md runs as it stands there, and prints what it shows."""

import contextlib
import io
import re

import pytest
from conftest import ROOT

PAGE = (ROOT / "docs" / "notebook.md").read_text()
CELLS = re.findall(r"^```python\n(.*?)^```$\n?((?:\n|    [^\n]*\n)*)", PAGE, re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])")


def test_every_cell_prints_what_the_page_shows():
    names, printed = {}, []
    for code, shown in CELLS:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(code, names)
        printed.append(said.getvalue())
        words, expected = (NUMBER.sub("#", text).split() for text in (said.getvalue(), shown))
        assert words == expected
        figures = [[float(number) for number in NUMBER.findall(text)] for text in (said.getvalue(), shown)]
        assert figures[0] == pytest.approx(figures[1], rel=0.1, abs=0.05)
    assert sum(map(bool, printed)) == 3
    assert len(names["figure"].axes) == 2
    assert len(names["found"].adversarials) == int(names["found"].images["success"].sum()) == 10
    assert names["axes"].get_title() == "around the adversarial, not clipped"
    assert names["axes"].get_ylabel().endswith("%")
