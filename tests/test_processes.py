"""Programs in processes of their own: killed, interrupted, two for one run."""

import json
import re
import signal

import pandas as pd
import pytest
from programs import one_sentence

from advspace.records.tables import read_tables

SMALL = ("images=6", "probe.draws=20", "tracking=off")
NO_CHARTS = "analysis=[]"
"""For programs in processes of their own: charts take longer than all the rest."""


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


def test_a_signal_leaves_what_was_done_and_says_how_to_go_on(call_process, third_party, tmp_path):
    """In a process of its own, as a cluster ends it (the other signals and phases: test_signals.py)."""
    folder = third_party("attack", "signalled", SIGNALLED_ATTACK)
    done = call_process(
        *("probe", "attack=signalled", "images=12", "batch_size=2", "tracking=off", "hydra.run.dir=run"),
        environment={"PYTHONPATH": str(folder), "SIGNAL": str(int(signal.SIGTERM))},
    )
    assert done.returncode == 143
    assert "Traceback" not in done.stderr
    assert len(read_tables(tmp_path / "run")[0]) == 6
    said = done.stderr.strip().splitlines()[-1]
    assert said == f"stopped: 6 of 12 attacks are done; go on with: python probe.py resume={tmp_path}/run"


TWO = ("trainer.accelerator=cpu", "trainer.devices=2", "trainer.strategy=ddp")


@pytest.mark.slow
def test_two_processes_give_the_tables_of_one(call_process, call, quick_conclusion, one_thread, tmp_path):
    """Row by row and part by part, also where two go on with what is half done; weights are trained in passing."""
    fresh = f"cache={tmp_path}/cache"
    settings = ("images=24", "batch_size=5", "probe.draws=20", "tracking=off", "model.epochs=3", NO_CHARTS, fresh)
    two = call_process("probe", *settings, *TWO, "hydra.run.dir=two")
    assert two.returncode == 0, two.stderr
    assert "(first of 2 processes)" in two.stderr
    assert two.stderr.count(": training") == two.stdout.count("\nreport: ") == 1
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
