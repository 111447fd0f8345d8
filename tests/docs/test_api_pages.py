"""The pages of the API reference name all that is public."""

import re
from importlib import import_module

import pytest
from conftest import ROOT

import advspace
from advspace import figures, testing

TEXT = "\n".join(path.read_text() for path in sorted((ROOT / "docs" / "api").glob("*.md")))
NAMED = set(re.findall(r"^\.\. auto\w+:: (\S+)$", TEXT, re.MULTILINE))


@pytest.mark.parametrize("module", [advspace, testing], ids=lambda module: module.__name__)
def test_every_public_name_has_an_entry(module):
    assert {f"{module.__name__}.{name}" for name in module.__all__} <= NAMED


def test_every_entry_is_there():
    for name in NAMED:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute), name


def test_tab_shows_the_public_names():
    assert set(figures.__all__) <= set(dir(figures))
    assert set(testing.__all__) <= set(dir(testing))
    assert {"probe_images", "Noise"} <= set(dir(advspace))
