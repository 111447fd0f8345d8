"""The words of the command `advspace`."""

import runpy
import sys

import pytest

import advspace
from advspace import __main__ as command


@pytest.fixture
def started(monkeypatch):
    """Call the command; returns the program that it starts, and its arguments."""
    programs = []
    monkeypatch.setattr(command, "begin", lambda: None)
    monkeypatch.setattr(command, "start", lambda name, arguments: programs.append((name, arguments)))

    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["/bin/advspace", *arguments])
        command.main()
        return programs.pop() if programs else None

    return called


@pytest.mark.parametrize(
    ("typed", "started_as"),
    [
        (["probe", "-m", "seed=0,1"], ("probe", ["-m", "seed=0,1"])),
        (["train", "model=convnet"], ("train", ["model=convnet"])),
        (["plan", "model=convnet"], ("probe", ["plan=true", "model=convnet"])),
        (["plan", "plan=0.1"], ("probe", ["plan=0.1"])),
        (["report", "outputs/1", "analysis=[shares]"], ("probe", ["report=outputs/1", "analysis=[shares]"])),
        (["report", "a b=c"], ("probe", ['report="a b=c"'])),
        (["report", "report=1"], ("probe", ["report=1"])),
        (["report", "--help"], ("probe", ["--help"])),
    ],
)
def test_each_word_starts_its_program(started, typed, started_as):
    assert started(*typed) == started_as


def test_help_fits_a_screen_and_names_every_word(started, capsys):
    for arguments in ([], ["-h"], ["--help"]):
        assert started(*arguments) is None
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) < 25
        assert max(map(len, lines)) <= 100
        for word in command.COMMANDS:
            assert any(line.startswith(f"  advspace {word} ") for line in lines), word


def test_the_version(started, capsys):
    started("--version")
    assert capsys.readouterr().out == f"advspace {advspace.__version__}\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["prob"], "error: advspace has no command 'prob'; nearest: probe; it has plan, plugins, probe, report, train"),
        (["report"], "error: report needs the directory of a run or multirun: advspace report DIR"),
    ],
)
def test_mistakes_are_told_in_one_sentence(started, typed, said):
    with pytest.raises(SystemExit) as end:
        started(*typed)
    assert end.value.code == said


def test_as_a_module(monkeypatch, capsys):
    monkeypatch.setattr("advspace.run.start.begin", lambda: None)
    monkeypatch.setattr(sys, "argv", ["advspace", "--version"])
    monkeypatch.delitem(sys.modules, "advspace.__main__")
    # by path: `run_module` would let jaxtyping's loader keep its bytecode where later programs look for the plain one
    runpy.run_path(command.__file__, run_name="__main__")
    assert capsys.readouterr().out.startswith("advspace 0")
