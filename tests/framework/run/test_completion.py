"""What a shell is offered while a user types a command."""

import os
import subprocess
import sys

import pytest

from advspace.registry.registry import KINDS, installed
from advspace.run import completion
from advspace.run.completion import complete
from advspace.run.presets import presets

COMMANDS = ["probe", "plan", "plugins", "report", "train"]


@pytest.fixture
def offered(monkeypatch, capsys):
    """The words offered for a line, or the program that is asked, with the line that it sees."""
    asked = []

    def ask(name, arguments):
        asked.append((name, arguments, os.environ["COMP_LINE"]))

    def called(line, *arguments):
        monkeypatch.setattr(completion, "ask_hydra", ask)
        monkeypatch.setenv("COMP_LINE", line)
        complete(list(arguments or ["query=bash"]), COMMANDS)
        return asked.pop() if asked else capsys.readouterr().out.split()

    return called


@pytest.mark.parametrize("line", ["advspace", "advspace ", "advspace pr", "/opt/bin/advspace p"])
def test_the_words_of_the_command(offered, line):
    assert offered(line) == COMMANDS


@pytest.mark.parametrize(
    ("line", "program", "seen"),
    [
        ("advspace probe ", "probe", "advspace "),
        ("advspace probe noise=gaussian model.ep", "probe", "advspace noise=gaussian model.ep"),
        ("  advspace  plan  noise=", "probe", "advspace  noise="),
        ("advspace train model", "train", "advspace model"),
    ],
)
def test_hydra_completes_the_settings_of_a_program(offered, line, program, seen):
    assert offered(line) == (program, ["query=bash"], seen)


def test_plugins_and_reports(offered):
    assert offered("advspace plugins ") == offered("advspace plugins no") == list(presets())
    assert list(presets())[: len(KINDS)] == list(KINDS)
    assert offered("advspace plugins trainer ") == ["auto", "cpu", "gpu"]
    assert {"foolbox", "foolbox_cw"} < set(offered("advspace plugins attack "))
    assert offered("advspace plugins noise ") == offered("advspace plugins noise em") == list(installed("noise"))
    assert offered("advspace plugins noise gaussian ") == offered("advspace plugins sound ") == []
    assert offered("advspace report out") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_hydras_and_needs_no_plugin(shell):
    code = "import sys; from advspace.__main__ import main; main(); assert 'torch' not in sys.modules"
    command = [sys.executable, "-c", code, "-sc", f"install={shell}"]
    script = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "-sc query=" in script
    assert script.startswith("autoload ") == (shell == "zsh")
