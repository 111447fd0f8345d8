"""What the programs import: libraries are loaded when they are used."""

import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest
from conftest import ROOT

from advspace.model.weights import save_weights
from advspace_plugins.model.logistic import Logistic

HEAVY = (
    "matplotlib pandas plotly pyarrow pytorch_lightning scipy sklearn timm torch._dynamo torchmetrics torchvision wandb"
)
WATCHED = """
import gc, json, runpy, sys
program, heavy, commands = sys.argv[1], sys.argv[2].split(), json.loads(sys.argv[3])
for arguments in commands:
    sys.argv[1:] = arguments
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        assert not end.code, end
    print("\f", end="")
    print("imported:", *(name for name in heavy if name in sys.modules), file=sys.stderr)
    print("garbage is collected:", gc.isenabled(), file=sys.stderr)
"""


@pytest.fixture
def watched(tmp_path):
    """Run a program to its good end, once for each list of arguments, in a process of its own: it is of its imports.

    Each time its last lines say which of the given modules were imported, and more; a form feed ends its output.
    """

    def called(program, modules, *commands):
        return subprocess.run(
            [sys.executable, "-c", WATCHED, str(ROOT / f"{program}.py"), modules, json.dumps(commands)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "COMP_LINE": f"python {program}.py model.e", "COMP_POINT": "25"},
        )

    return called


@pytest.mark.parametrize("program", ["probe", "train"])
def test_what_runs_nothing_imports_nothing_heavy(watched, program):
    """Help, tab completion and composing take about as long as torch alone."""
    done = watched(program, HEAVY, ["--help"], ["-sc", "query=bash"], ["--cfg", "job"])
    *outputs, rest = done.stdout.split("\f")
    assert rest == ""
    for output, said in zip(outputs, ("dataset=digits", "model.epochs=", "plugin: digits"), strict=True):
        assert said in output
    assert done.stderr.splitlines() == 3 * ["imported:", "garbage is collected: False"]


def test_a_run_that_trains_nothing_imports_nothing_that_it_does_not_use(watched, tmp_path):
    """Lightning and wandb would, for twice the time of torch."""
    save_weights(Logistic().network((1, 8, 8), 10), tmp_path / "fresh.safetensors", {})
    settings = ("model.weights=fresh.safetensors", "images=1", "probe.draws=5")
    modules = "scipy.stats sklearn timm torch._dynamo torchmetrics.functional torchvision wandb wandb.sdk.launch"
    untracked = [*settings, "hydra.run.dir=untracked", "tracking=off"]
    tracked = [*settings, "hydra.run.dir=tracked", "tracking.wandb.mode=offline", "analysis=[]"]
    done = watched("probe", modules, untracked, tracked)
    assert done.stdout.count("(tables and figures beside it)") == 2
    imported = [line for line in done.stderr.splitlines() if line.startswith(("imported:", "garbage"))]
    collected = "garbage is collected: True"
    older = tuple(map(int, version("wandb").split(".")[:2])) < (0, 31)  # these import their launcher by themselves
    assert imported[:2] == ["imported:", collected]
    assert imported[2:] in (
        [["imported: wandb", collected]] + [["imported: wandb wandb.sdk.launch", collected]] * older
    )
