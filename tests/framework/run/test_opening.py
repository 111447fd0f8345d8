"""The first words of a program."""

import os
import subprocess
import sys

import pytest

from advspace.run.opening import WIDTH, announce, opening

LOADING = "; loading the libraries ..."


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("probe", [], "attack and probe with the default settings (python probe.py --help)"),
        ("train", [], "train a model with the default settings (python train.py --help)"),
        ("probe", ["images=10", "noise=empirical"], "attack and probe: images=10 noise=empirical"),
        ("probe", ["-m", "model.options={a: b}"], "attack and probe, several runs: 'model.options={a: b}'"),
        ("probe", ["plan=0.1", "images=10"], "a pilot for the number of images: plan=0.1 images=10"),
        ("probe", ["plan=false"], "attack and probe: plan=false"),
        ("train", ["resume=outputs/1"], "train a model: go on in outputs/1"),
        ("probe", ["report=outputs/1", "figures.width=3"], "analyse outputs/1 again and write its report"),
    ],
)
def test_what_is_about_to_run(name, arguments, said):
    assert opening(name, arguments) == said + LOADING


def test_a_long_command_stays_on_one_line():
    line = opening("probe", [f"model.weights=file_{number}.safetensors" for number in range(9)])
    assert len(line) <= WIDTH
    assert line.endswith(" ..." + LOADING)


def test_on_the_error_stream_and_once(capsys, monkeypatch):
    announce("probe", ["images=10"])
    assert capsys.readouterr() == ("", f"attack and probe: images=10{LOADING}\n")
    for words in (["--help"], ["-sc", "query=bash"], ["--cfg", "job"], ["-c=job"]):
        announce("probe", words)
    monkeypatch.setenv("LOCAL_RANK", "1")
    announce("probe", [])
    assert capsys.readouterr() == ("", "")


HEARD = """
import sys
class Heard:
    def write(self, text):
        print([name for name in ("torch", "hydra", "numpy") if name in sys.modules], text)
    def flush(self): ...
sys.stderr = Heard()
sys.modules["advspace.run.programs"] = None
from advspace.run.start import start
start("probe", ["images=10"])
"""


def test_before_anything_slow_is_imported():
    done = subprocess.run([sys.executable, "-c", HEARD], capture_output=True, text=True, env=dict(os.environ))
    assert done.stdout.splitlines()[0] == f"[] attack and probe: images=10{LOADING}"
    assert "ModuleNotFoundError" in done.stdout
