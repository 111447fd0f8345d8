"""A page is sent to others: it does not tell where files are."""

import pytest
from markupsafe import Markup

from advspace.report.page import render
from advspace.report.private import private


@pytest.fixture(autouse=True)
def somebody(monkeypatch):
    monkeypatch.setenv("HOME", "/home/mallory")
    for name in ("LOGNAME", "USER"):
        monkeypatch.setenv(name, "mallory")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/mallory/data/mnist", "~/data/mnist"),
        (
            "python probe.py dataset.root=/home/mallory cache=/scratch/mallory/cache",
            "python probe.py dataset.root=~ cache=.../cache",
        ),
        ("cannot read /data/sets/a.png (gone); use /mnt/b/", "cannot read .../a.png (gone); use .../b"),
        ("'/mnt/a b/c'", "'.../a b/c'"),
        ("/scratch/mallory", "..."),
        ("in the folder outputs/1/2, at 1/32 and 32 x; https://example.org/a/b and and/or", None),
        ("/home/malloryx/a", ".../a"),
        ("data:image/png;base64,/home/mallory/a", None),
        (Markup("<a href='/home/mallory/a'>"), None),
        (3, None),
    ],
)
def test_paths_are_short(text, shown):
    assert private(text) == (text if shown is None else shown)


def test_every_text_of_a_page_is_private():
    path = "/home/mallory/somewhere"
    texts = dict.fromkeys(("title", "sentence", "command", "place", "bibtex"), path)
    tables: dict[str, object] = {"sections": [], "charts": {}, "table": {"rows": []}, "versions": {}, "files": []}
    content = texts | tables | {"failed": [("0", "a=/x/y/z", path)], "settings": {"a": "/x/y/z"}, "failed_analyses": {}}
    page = render("comparison.html", content)
    assert "mallory" not in page
    assert "/x/y" not in page
    assert page.count("~/somewhere") >= 4
