"""The gallery shows each figure as the code draws it today, with its command."""

import importlib.util
import json
import re

from conftest import ROOT

FOLDER = ROOT / "docs" / "gallery"
PAGE = (ROOT / "docs" / "gallery.md").read_text()
MADE = json.loads((FOLDER / "made.json").read_text())


def script():
    place = importlib.util.spec_from_file_location("gallery", FOLDER / "make.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


def test_it_was_made_from_the_source_of_today():
    assert script().digest() == MADE["source"], "make it again: python docs/gallery/make.py"


def test_its_commands_are_those_of_the_script():
    assert set(MADE["figures"].values()) == set(script().COMMANDS)


def test_the_page_shows_each_figure_below_its_command():
    parts = re.split(r"^    (python probe\.py .*)$", PAGE, flags=re.MULTILINE)
    shown = {
        name: command
        for command, text in zip(parts[1::2], parts[2::2], strict=True)
        for name in re.findall(r"\]\(gallery/(\w+)\.png\)", text)
    }
    assert shown == MADE["figures"]
    assert {path.stem for path in FOLDER.glob("*.png")} == set(shown)


def test_comments_do_not_count_and_code_does():
    texts = ('"""A."""\nx = 1', '"""B."""\n# c\n\nx = 1  # c', '"""A."""\nx = 2')
    one, same, other = (script().code_lines(text) for text in texts)
    assert one == same == ["x = 1"]
    assert other == ["x = 2"]
