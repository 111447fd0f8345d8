"""The programs themselves, as a user starts them.

Most are called in this process; `start` and `call_process` start one, each time for a reason that is told.
"""

import json
import os
import re
import signal
import subprocess
import sys

import pandas as pd
import pytest
from conftest import ROOT

from advspace.model.weights import save_weights
from advspace.records.tables import read_tables
from advspace_plugins.model.logistic import Logistic

SMALL = ("images=6", "probe.draws=20", "tracking=off")
NO_CHARTS = "analysis=[]"
"""For programs in processes of their own: charts take longer than all the rest."""


def one_sentence(done):
    """The last line of what a refused command said; fails unless it is the only complaint."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_help_lists_every_plugin_by_kind(call):
    done = call("probe", "--help")
    assert done.returncode == 0
    for line in (
        r"dataset: cifar10, digits, fashion_mnist, folder, imagenet, mnist",
        r"model: convnet, logistic, overfeat_like, timm, torchvision",
        r"attack: adv_lib, adv_lib_cw, adv_lib_ddn, adv_lib_fmn, foolbox, foolbox_cw, foolbox_ddn, foolbox_fmn, "
        r"images, lbfgsb, lbfgsb_scipy, linear_exact, tabacof2015",
        r"noise: empirical, gaussian, laplace, uniform",
        r"probe: ladder",
        r"experiment: depth_convnet, depth_logistic, depth_timm, imagenet_pretrained, tabacof2015_imagenet, "
        r"tabacof2015_mnist_convnet, tabacof2015_mnist_logistic",
    ):
        assert re.search(f"^{line}$", done.stdout, re.MULTILINE), line


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
    for output, said in zip(outputs, ("dataset: cifar10, digits", "model.epochs=", "plugin: digits"), strict=True):
        assert said in output
    assert done.stderr.splitlines() == 3 * ["imported:", "garbage is collected: False"]


def test_a_run_that_trains_nothing_imports_nothing_that_it_does_not_use(watched, tmp_path):
    """Lightning and wandb would, for twice the time of torch."""
    save_weights(Logistic().network((1, 8, 8), 10), tmp_path / "fresh.safetensors", {})
    settings = ("model.weights=fresh.safetensors", "images=1", "probe.draws=5")
    modules = "scipy.stats sklearn timm torch._dynamo torchmetrics.functional torchvision wandb wandb.sdk.launch"
    untracked = [*settings, "hydra.run.dir=untracked", "tracking=off"]
    tracked = [*settings, "hydra.run.dir=tracked", "tracking.mode=offline", NO_CHARTS]
    done = watched("probe", modules, untracked, tracked)
    assert done.stdout.count("tables, report, figures and summary in") == 2
    imported = [line for line in done.stderr.splitlines() if line.startswith(("imported:", "garbage"))]
    collected = "garbage is collected: True"
    assert imported == ["imported:", collected, "imported: wandb", collected]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["noise=pink"], "gaussian"),
        (["noise.men=zero"], "men"),
        (["probe.draws=many"], "draws"),
        (["probe.draws=0"], "error: probe 'ladder': draws must be >= 1, got 0"),
        (["probe.scales=[-2]"], "error: probe 'ladder': scales must be finite and > 0, got -2.0"),
        (
            ["dataset=mnist", "dataset.download=false"],
            "MNIST: train-images-idx3-ubyte is not in data/MNIST/raw; put",
        ),
        (
            ["dataset=imagenet", "dataset.root=gone"],
            "error: dataset.root: there is no folder gone/train; put the pictures",
        ),
        (["hydra.run.dir=/dev/null/here"], "error: cannot use"),
        (
            ["model=timm", "model.architecture=vgg11.tv_in1"],
            "timm does not know 'vgg11.tv_in1'; nearest: vgg11.tv_in1k",
        ),
        (["resume=nowhere"], "error: resume: nowhere is no run directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_told_in_one_sentence(call, tmp_path, arguments, said):
    done = call("probe", *SMALL, *arguments)
    one_sentence(done)
    assert said in done.stderr
    assert not list(tmp_path.rglob("*.parquet"))


def test_train_reports_the_test_error_and_probe_finds_the_weights(call, tmp_path):
    done = call("train", "model.epochs=4", "tracking=off")
    assert done.returncode == 0, done.stderr
    assert re.search(r"logistic on digits: test error \d+\.\d\d% \(\d+ of 597\), epoch \d kept", done.stderr)
    done = call("probe", "model.epochs=4", *SMALL, "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    assert "weights of logistic: kept in" in done.stderr
    assert "Around the adversarial, not clipped," in " ".join(done.stdout.split())
    assert len(read_tables(tmp_path / "run")[0]) == 6


SIGNALLED_NET = """
import os
from torch import nn
from advspace import Model
class Net(nn.Sequential):
    steps = 0
    def forward(self, image):
        self.steps += self.training
        if self.steps == 40 and "SIGNAL" in os.environ:
            os.kill(os.getpid(), int(os.environ["SIGNAL"]))
        return super().forward(image)
class Plugin(Model):
    epochs = 4
    def network(self, shape, classes):
        return Net(nn.Flatten(), nn.Linear(64, classes))
"""
"""Sends its own process the signal named in its environment, in the third of four epochs."""


def test_a_killed_training_goes_on(call_process, call, third_party, tmp_path):
    """Kill -9 in the middle; the run directory says what to go on with, and nothing is left of it afterwards."""
    folder = third_party("model", "signalled", SIGNALLED_NET)
    cache = f"cache={tmp_path}/cache"
    killed = call_process(
        *("train", "model=signalled", "tracking=off", cache, "hydra.run.dir=run"),
        environment={"PYTHONPATH": str(folder), "SIGNAL": str(int(signal.SIGKILL))},
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.glob("cache/weights/digits-signalled-*.unfinished/last.ckpt")
    done = call("train", "resume=run", cache)
    assert done.returncode == 0, done.stderr
    assert f"going on with the training in {left.parent}" in done.stderr
    assert re.search(r"signalled on digits: test error \d+\.\d\d%", done.stderr)
    assert not list(tmp_path.glob("cache/weights/*.unfinished"))


@pytest.mark.slow
def test_training_on_two_processes(call_process, call):
    """One of them keeps the weights and tells; a net of timm, with the probe finding what they trained."""
    settings = ("model=timm", "model.architecture=test_resnet", "model.pretrained=false", "model.epochs=2")
    sizes = ("dataset.padding=12", "model.train_batch_size=16", "tracking=off")
    two = ("trainer.accelerator=cpu", "trainer.devices=2", "trainer.strategy=ddp")
    done = call_process("train", *settings, *sizes, *two)
    assert done.returncode == 0, done.stderr
    assert "MEMBER: 2/2" in done.stderr + done.stdout
    (error,) = re.findall(r"timm on digits: test error (\d+\.\d\d)%", done.stderr)
    assert float(error) < 60  # chance is 90
    done = call("probe", *settings, *sizes, *SMALL, "images=2", "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    assert "weights of timm: kept in" in done.stderr


def test_the_command_of_the_mission(call, tmp_path):
    settings = ("model.epochs=6", *SMALL, "images=2", "hydra.run.dir=run")
    done = call("probe", "model=overfeat_like", "noise=empirical", *settings)
    assert done.returncode == 0, done.stderr
    images, probes = read_tables(tmp_path / "run")
    assert images["success"].all()
    assert set(probes["noise"]) == {"empirical"}


MULTIRUN = ("-m", *SMALL, "noise=gaussian,uniform", "seed=0,1", "hydra.sweep.dir=sweep")


def test_multirun_gives_each_run_its_directory(call, quick_conclusion, tmp_path):
    done = call("probe", *MULTIRUN)
    assert done.returncode == 0, done.stderr
    each_run_has_its_directory(tmp_path)


def test_multirun_gives_each_run_its_directory_by_joblib(call_process, tmp_path):
    """In a process of its own, whose `main` joblib sends to others."""
    done = call_process("probe", *MULTIRUN, NO_CHARTS, "hydra/launcher=joblib")
    assert done.returncode == 0, done.stderr
    each_run_has_its_directory(tmp_path)


def each_run_has_its_directory(folder):
    tables = [read_tables(folder / "sweep" / str(number))[1] for number in range(4)]
    assert [set(table["noise"]) for table in tables] == [{"gaussian"}, {"gaussian"}, {"uniform"}, {"uniform"}]
    assert len({tuple(table["image_id"].unique()) for table in tables}) == 2


SIGNALLED_ATTACK = """
import os
from advspace import Attack
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
class Plugin(Attack):
    calls = 0
    def __call__(self, model, image, label, target):
        self.calls += 1
        if self.calls == 4 and "SIGNAL" in os.environ:
            os.kill(os.getpid(), int(os.environ["SIGNAL"]))
        return LBFGSB()(model, image, label, target)
"""
"""Sends its own process the signal named in its environment, in the fourth batch."""


def test_kill_and_resume_give_the_unbroken_runs_counts(
    call_process, call, third_party, quick_conclusion, one_thread, tmp_path
):
    """Kill -9 in the middle: the tables read back whole, and the resumed run has the counts of an unbroken one."""
    folder = third_party("attack", "signalled", SIGNALLED_ATTACK)
    settings = ("attack=signalled", "images=12", "batch_size=2", "probe.draws=100", "tracking=off")
    assert call("probe", *settings, "hydra.run.dir=whole").returncode == 0
    environment = {"PYTHONPATH": str(folder), "SIGNAL": str(int(signal.SIGKILL))}
    killed = call_process("probe", *settings, "hydra.run.dir=broken", environment=environment)
    assert killed.returncode == -signal.SIGKILL
    images, probes = read_tables(tmp_path / "broken")
    assert len(images) == 6
    assert set(probes["image_id"]) == set(images["image_id"])
    assert (pd.read_parquet(tmp_path / "broken" / "probes.parquet").groupby("image_id").size() == 44).all()
    done = call("probe", "resume=broken", "batch_size=5")
    assert done.returncode == 0, done.stderr
    assert "6 of 12 attacks are done already" in done.stderr
    keys = ["image_id", "center", "box", "scale"]
    wanted = ["n_target", "n_original", "n_other", "noise_l2"]
    tables = [read_tables(tmp_path / name)[1].set_index(keys)[wanted].sort_index() for name in ("whole", "broken")]
    pd.testing.assert_frame_equal(*tables)
    summaries = [json.loads((tmp_path / name / "summary.json").read_text()) for name in ("whole", "broken")]
    assert summaries[0]["findings"] == summaries[1]["findings"]
    assert "remove images" in one_sentence(call("probe", "resume=broken", "images=4"))


def test_interrupt_leaves_what_was_done_and_says_how_to_go_on(call_process, third_party, tmp_path):
    """In a process of its own, which Ctrl-C ends."""
    folder = third_party("attack", "signalled", SIGNALLED_ATTACK)
    done = call_process(
        *("probe", "attack=signalled", "images=12", "batch_size=2", "tracking=off", "hydra.run.dir=run"),
        environment={"PYTHONPATH": str(folder), "SIGNAL": str(int(signal.SIGINT))},
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len(read_tables(tmp_path / "run")[0]) == 6
    assert f"stopped: 6 of 12 attacks are done; go on with: python probe.py resume={tmp_path}/run" in done.stderr


TWO = ("trainer.accelerator=cpu", "trainer.devices=2", "trainer.strategy=ddp")


@pytest.mark.slow
def test_two_processes_give_the_tables_of_one(call_process, call, quick_conclusion, one_thread, tmp_path):
    """Row by row and part by part, also where two go on with what is half done; weights are trained in passing."""
    fresh = f"cache={tmp_path}/cache"
    settings = ("images=24", "batch_size=5", "probe.draws=20", "tracking=off", "model.epochs=3", NO_CHARTS, fresh)
    two = call_process("probe", *settings, *TWO, "hydra.run.dir=two")
    assert two.returncode == 0, two.stderr
    assert "(first of 2 processes)" in two.stderr
    assert two.stderr.count(": training") == two.stdout.count("figures and summary in") == 1
    one = call("probe", *settings, "hydra.run.dir=one")
    assert one.returncode == 0, one.stderr
    same_tables(tmp_path / "one", tmp_path / "two")
    for part in ("part-0000000", "part-0000015"):
        (tmp_path / "two" / "images.parquet" / f"{part}.parquet").unlink()
    again = call_process("probe", "resume=two", fresh)
    assert again.returncode == 0, again.stderr
    assert "14 of 24 attacks are done already" in again.stderr
    same_tables(tmp_path / "one", tmp_path / "two")


def same_tables(one, other):
    for ours, theirs in zip(read_tables(one), read_tables(other), strict=True):
        pd.testing.assert_frame_equal(ours, theirs)


FAILS_ON_ONE = """
import os, time
from advspace import AdvspaceError, Attack
class Plugin(Attack):
    def __init__(self, rank: str = "0"):
        self.rank = rank
    def __call__(self, model, image, label, target):
        if os.environ["LOCAL_RANK"] == self.rank:
            raise AdvspaceError(f"process {self.rank} is tired; let it sleep")
        time.sleep(3000)
"""


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_where_one_process_fails_all_end(call_process, third_party, rank):
    environment = {"PYTHONPATH": str(third_party("attack", "tired", FAILS_ON_ONE))}
    done = call_process("probe", *SMALL, *TWO, "attack=tired", f"attack.rank='{rank}'", environment=environment)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.count(f"error: process {rank} is tired; let it sleep") == 1
    assert done.stderr.count("0 of 6 attacks are done; go on with: python probe.py resume=") == 1


def test_a_multirun_has_one_process_for_each_run(call):
    said = one_sentence(call("probe", "-m", *SMALL, *TWO, "seed=0"))
    assert "a multirun cannot give each run several processes (trainer.devices=2); take trainer.devices=1" in said
