"""Files that are left out by their suffix are said."""

import warnings
from pathlib import Path

import pytest

from advspace.errors import AdvspaceWarning
from advspace.pictures.left_out import by_suffix, counted_suffixes, say_left_out

FILES = [Path("a.PNG"), Path("b.heic"), Path("c"), Path("d.png")]


def test_sides():
    assert by_suffix(FILES, {".png"}) == ([FILES[0], FILES[3]], [FILES[1], FILES[2]])


def test_warning():
    with pytest.warns(AdvspaceWarning, match=r"x.y: files in f are left out .* suffix, .heic \(1\), none"):
        say_left_out("x.y", Path("f"), FILES[1:3], {".png"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        say_left_out("x.y", Path("f"), FILES[1:3], {".png"})  # once
        say_left_out("x.y", Path("f"), [], {".png"})


def test_many_suffixes_are_cut():
    assert counted_suffixes([Path(f"a.{number}") for number in range(7)]).endswith(".4 (1), ...")
