"""The names that `advspace` has: they are there when they are asked for."""

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

import advspace


def declared():
    """What the file says to type checkers: module and name."""
    (block,) = [each for each in ast.parse(Path(advspace.__file__).read_text()).body if isinstance(each, ast.If)]
    return {
        (each.module, alias.name, alias.asname)
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }


def test_type_checkers_see_the_names_that_python_finds():
    assert {(module, name) for module, name, _ in declared()} == {
        (home, name) for name, home in advspace.MODULES.items()
    }
    former = {(shown, name) for _, name, shown in declared() if shown != name}
    assert former == set(advspace.FORMER.items())


def test_each_name_is_found():
    for name in advspace.__all__:
        assert getattr(advspace, name) is not None
    assert advspace.Stream is advspace.NoiseBlocks
    assert advspace.__version__ == version("advspace")
    assert set(dir(advspace)) == {*advspace.__all__, "__version__"}
    with pytest.raises(AttributeError, match="module 'advspace' has no attribute 'Atack'"):
        advspace.Atack  # noqa: B018
