"""The programs themselves, as a user starts them.

Most are called in this process; `start` and `call_process` start one, each time for a reason that is told.
"""

import re

import pandas as pd
import pytest
from programs import one_sentence

from advspace.records.tables import read_tables

SMALL = ("images=6", "probe.draws=20", "tracking=off")


def test_help_begins_with_how_to_call_the_program(call):
    done = call("probe", "--help", "noise=empirical")
    assert (done.returncode, done.stderr) == (0, "")
    usage, noise = done.stdout.index("Usage: python probe.py "), done.stdout.index("\nnoise=empirical ")
    assert usage < done.stdout.index("The run, with the values of this command:") < noise
    assert one_sentence(call("probe", "--help", "noise=pink")).startswith(
        "error: no noise is called 'pink'; installed:"
    )


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
            "MNIST: train-images-idx3-ubyte is not in data/MNIST/raw in {here}; put",
        ),
        (
            ["dataset=imagenet", "dataset.root=gone"],
            "error: dataset.root: there is no folder gone/train in {here}; put the pictures",
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
    assert said.format(here=tmp_path) in done.stderr
    assert not list(tmp_path.rglob("*.parquet"))
    assert not (tmp_path / "nowhere").exists()


def test_train_reports_the_test_error_and_probe_finds_the_weights(call, tmp_path):
    done = call("train", "model.epochs=4", "tracking=off")
    assert done.returncode == 0, done.stderr
    assert re.search(r"logistic on digits: test error \d+\.\d\d% \(\d+ of 597\), epoch \d kept", done.stderr)
    done = call("probe", "model.epochs=4", *SMALL, "verbose=true", "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    assert "weights of logistic: kept in" in done.stderr
    assert "Around the adversarial, not clipped," in " ".join(done.stdout.split())
    assert len(read_tables(tmp_path / "run")[0]) == 6


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
    done = call_process("probe", *MULTIRUN, "analysis=[]", "hydra/launcher=joblib")
    assert done.returncode == 0, done.stderr
    each_run_has_its_directory(tmp_path)


def each_run_has_its_directory(folder):
    tables = [read_tables(folder / "sweep" / str(number))[1] for number in range(4)]
    assert [set(table["noise"]) for table in tables] == [{"gaussian"}, {"gaussian"}, {"uniform"}, {"uniform"}]
    assert len({tuple(table["image_id"].unique()) for table in tables}) == 2


def test_a_multirun_has_one_process_for_each_run(call):
    said = one_sentence(call("probe", "-m", *SMALL, "trainer.devices=2", "trainer.strategy=ddp", "seed=0"))
    assert "a multirun cannot give each run several processes (trainer.devices=2); take trainer.devices=1" in said


def test_a_used_directory_takes_its_own_command_alone(call, quick_conclusion, tmp_path):
    """Else the rows of one run would stand under the settings of another."""
    own = (*SMALL, "hydra.run.dir=run")
    assert call("probe", *own).returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "run" / ".hydra").iterdir()}
    assert "6 of 6 attacks are done already" in call("probe", *own, "batch_size=2").stderr
    said = one_sentence(call("probe", *own, "noise=laplace", "seed=5"))
    assert "began with other settings: noise=gaussian, now laplace; seed=0, now 5" in said
    assert {path: path.read_bytes() for path in before} == before
    assert call("probe", "resume=run").returncode == 0


def test_a_used_directory_of_a_multirun_takes_its_own_command_alone(call, quick_conclusion, tmp_path):
    own = ("-m", *SMALL, "seed=0,1", "hydra.sweep.dir=sweep")
    assert call("probe", *own).returncode == 0
    assert call("probe", *own, "verbose=true").stderr.count("6 of 6 attacks are done already") == 2
    said = one_sentence(call("probe", *own, "noise=laplace"))
    assert "the multirun in sweep began with other overrides (" in said
    runs = pd.read_csv(tmp_path / "sweep" / "comparison" / "runs.csv")
    assert set(runs["noise"]) == {"gaussian"}
