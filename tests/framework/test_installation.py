"""How the programs are started: in a checkout, from a package, from Python."""

import sys

import pytest
from conftest import CONF

from advspace import installation
from advspace.installation import config_directory, program, typed

STARTED = {
    "/home/me/advspace/probe.py": ("python probe.py", "python train.py"),
    "train.py": ("python train.py", "python train.py"),
    "/home/me/.local/bin/advspace": ("advspace", "advspace train"),
    "C:/bin/advspace.exe": ("advspace", "advspace train"),
    "/site-packages/advspace/__main__.py": ("python -m advspace", "python -m advspace train"),
    "/usr/bin/ipython": ("python probe.py", "python train.py"),
    "": ("python probe.py", "python train.py"),
}


@pytest.mark.parametrize("first", STARTED)
def test_a_command_is_named_as_it_was_typed(monkeypatch, first):
    words, training = STARTED[first]
    monkeypatch.setattr(sys, "argv", [first, "probe", "seed=1"])
    assert " ".join(typed()) == f"{words} probe seed=1"
    assert " ".join(program("train")) == training


def test_from_a_package(monkeypatch, tmp_path):
    assert config_directory() == str(CONF)
    monkeypatch.setattr(installation, "PACKAGE", str(tmp_path))
    (tmp_path / "conf").mkdir()
    assert config_directory() == str(tmp_path / "conf")
    monkeypatch.setattr(sys, "argv", ["/usr/bin/ipython"])
    assert program("train") == ["advspace", "train"]
