"""Docstrings of plugins, read without importing them."""

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from advspace.registry.docstring import docstring
from advspace.registry.installed import KINDS, installed
from advspace.registry.registry import load
from advspace.registry.written import written

THEIRS = '''
import heavy_and_not_imported.part
from . import beside
class Outer:
    class Plugin:
        """Theirs.  More."""
class Bare:
    pass
'''


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Make an importable package, whose import fails; returns the entry point of one of its names."""

    def made(name, source=THEIRS, package='raise RuntimeError("imported")'):
        (tmp_path / "around").mkdir()
        (tmp_path / "around" / "__init__.py").write_text(package)
        (tmp_path / "around" / "plugin.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        return EntryPoint("name", f"around.plugin:{name}", "advspace.noise")

    return made


@pytest.fixture
def heavy(tmp_path):
    """What the source imports is installed."""
    (tmp_path / "heavy_and_not_imported.py").write_text("raise RuntimeError")


@pytest.mark.parametrize("kind", KINDS)
def test_ours_are_what_an_import_finds(kind):
    points = [point for point in installed(kind).values() if point.dist.name == "advspace"]
    assert [written(point) for point in points] == [docstring(load(kind, point.name)) for point in points]


def test_nothing_is_imported(module, heavy):
    assert written(module("Outer.Plugin")).sentence == "Theirs."
    assert not {"around", "around.plugin", "heavy_and_not_imported"} & set(sys.modules)


def test_a_class_without_a_docstring(module, heavy):
    assert written(module("Bare")).paragraphs == ()


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Elsewhere", THEIRS),
        ("Outer.Gone", THEIRS),
        ("Bare", THEIRS),  # a package that it imports is absent
        ("Plugin", "class Plugin: nothing that Python reads"),
        ("Plugin", "\0"),
    ],
)
def test_what_only_an_import_can_tell(module, name, source):
    assert written(module(name, source)) is None


def test_no_such_module():
    assert written(EntryPoint("name", "gone_for_good.plugin:Plugin", "advspace.noise")) is None
    assert written(EntryPoint("name", "ast.plugin:Plugin", "advspace.noise")) is None


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["plugins"], ["plugins", "noise"]])
def test_the_command_lists_plugins_without_torch(words):
    code = "import runpy, sys; sys.argv[1:] = {!r}; runpy.run_module('advspace', run_name='__main__'); assert {}"
    checked = code.format(words, "not {'torch', 'numpy', 'pandas'} & set(sys.modules)")
    assert subprocess.run([sys.executable, "-c", checked], capture_output=True, check=True).stdout
