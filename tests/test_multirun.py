"""Multiruns as a user starts them, and what a failing run leaves.

Most are called in this process; `start` and `call_process` start one, each time for a reason that is told.
"""

import json
import math
import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import CONF
from hydra.types import RunMode
from offline_run import read_offline_run, records
from omegaconf import OmegaConf

from advspace import AdvspaceError
from advspace.comparison.failed_run import FailedRun, read_failure
from advspace.comparison.membership import current_sweep
from advspace.run.multirun import failures, survive_failure
from advspace.run_directory import RunDirectory

TINY = ("images=3", "probe.draws=5", "probe.scales=[1.0,4.0]", "model.epochs=2")


def test_a_run_that_fails_is_listed_and_the_others_are_compared(call, tmp_path):
    """Also in wandb: one group, runs named by what varies, the comparison and its files among them."""
    done = call(
        *("probe", "-m", "images=3", "probe.draws=5", "model.epochs=2", "probe.scales=[1.0],[-1.0],[2.0]"),
        *("hydra.sweep.dir=sweep", "tracking.wandb.mode=offline", "tracking.wandb.timeout=600"),
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1] == (
        "error: 1 of 3 runs failed: 1: probe 'ladder': scales must be finite and > 0, got -1.0"
    )
    sweep = tmp_path / "sweep"
    runs = pd.read_parquet(sweep / "comparison" / "runs.parquet")
    assert runs["run"].tolist() == ["0", "2"]
    assert runs["name"].tolist() == ["probe.scales=[1.0]", "probe.scales=[2.0]"]
    assert set(pd.read_parquet(sweep / "comparison" / "probes.parquet")["scale"]) == {1.0, 2.0}
    assert (sweep / "comparison" / "clip.png").exists()
    assert pd.read_csv(sweep / "comparison" / "failed.csv")["run"].tolist() == [1]
    logged = {place: offline(sweep / place / "wandb") for place in ("0", "2", ".")}
    assert {run.run_group for run, _ in logged.values()} == {"sweep"}
    names = [run.display_name for run, _ in logged.values()]
    assert names == ["probe.scales=[1.0]", "probe.scales=[2.0]", "comparison"]
    assert {"summary.json", "figures/shares.png", "images.parquet/part-0000000.parquet"} <= logged["2"][1]
    assert {"comparison/runs.parquet", "comparison/clip.png", "multirun.yaml"} <= logged["."][1]
    config, _, summary = read_offline_run(sweep / "wandb")
    assert (summary["runs"], summary["failed"], config["images"]) == (2, 1, 3)
    (table,) = (sweep / "wandb").rglob("media/table/comparison_*.table.json")
    assert [row[0] for row in json.loads(table.read_text())["data"]] == ["0", "2"]


def offline(directory: Path):
    """The run in an offline log, and the files of its artifact."""
    (path,) = directory.rglob("run-*.wandb")
    result = list(records(path))
    files = {entry.path for record in result for entry in record.request.log_artifact.artifact.manifest.contents} | {
        entry.path for record in result for entry in record.artifact.manifest.contents
    }
    return next(record.run for record in result if record.run.run_id), files


def test_two_multiruns_at_once_on_one_cache(start, call, quick_conclusion, one_thread, tmp_path):
    """What one of them trains or attacks, the other finds; both have the tables of their own noise."""
    both = [
        ("probe", "-m", *TINY, "seed=0,1", f"noise={noise}", "tracking=off", "verbose=true", f"cache={tmp_path}/shared",
         f"hydra.sweep.dir={noise}")
        for noise in ("gaussian", "uniform")
    ]  # fmt: skip
    process = start(*both[0], "analysis=[]")  # in a process of its own, beside this one
    first = "".join(process.stderr.readline() for _ in range(3))
    assert "no weights yet for logistic on digits: training" in first
    here = call(*both[1])
    told = [first + process.stderr.read(), here.stderr]
    process.communicate()
    assert [process.returncode, here.returncode] == [0, 0], told
    assert sum(text.count("no weights yet") for text in told) == 1
    counts = re.findall(r"adversarial images: (\d) found in .*, (\d) attacked now", "".join(told))
    assert sum(int(result) for result, _ in counts) == sum(int(made) for _, made in counts) == 6
    tables = [tmp_path / noise / "comparison" / "images.parquet" for noise in ("gaussian", "uniform")]
    ours, theirs = map(pd.read_parquet, tables)
    pd.testing.assert_frame_equal(ours, theirs)


@pytest.mark.slow
def test_submitit_in_its_local_mode(call_process, tmp_path):
    """In a process of its own, whose `main` submitit sends to others."""
    done = call_process(
        *("probe", "-m", *TINY, "tracking=off", "hydra/launcher=submitit_local", "hydra.sweep.dir=sweep"),
        *("noise=gaussian,uniform", "analysis=[shares]"),
    )
    assert done.returncode == 0, done.stderr
    assert len(pd.read_parquet(tmp_path / "sweep" / "comparison" / "runs.parquet")) == 2
    assert (tmp_path / "sweep" / "comparison" / "noises.png").exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The ``declarative_base")  # optuna's own use of SQLAlchemy
def test_optuna_maximises_the_half_scale_and_passes_over_failures(call, quick_conclusion, tmp_path):
    done = call(
        *("probe", "-m", *TINY, "tracking=off", "hydra/sweeper=half_scale", "hydra.sweeper.n_trials=4"),
        *("attack.overshoot=choice(0.02,-1)", "hydra.sweep.dir=sweep"),
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "overshoot must be >= 0, got -1.0" in done.stderr
    best = OmegaConf.load(tmp_path / "sweep" / "optimization_results.yaml")
    assert best.best_params == {"attack.overshoot": 0.02}
    runs = pd.read_parquet(tmp_path / "sweep" / "comparison" / "runs.parquet")
    assert best.best_value == pytest.approx(runs["half_scale/adversarial/none"].max())


@pytest.mark.parametrize(
    ("launcher", "group", "expected"),
    [
        ("slurm", "launcher", {"gpus_per_node": 1, "array_parallelism": 8}),
        ("half_scale", "sweeper", {"max_failure_rate": 1.0, "n_jobs": 1, "study_name": "half_scale"}),
    ],
)
def test_presets_of_launchers_and_sweepers_compose(compose_config, launcher, group, expected):
    chosen = OmegaConf.to_container(compose_config(f"hydra/{group}={launcher}", whole=True).hydra[group])
    assert expected.items() <= chosen.items()


def test_every_command_of_the_wandb_sweep_composes(compose_config):
    """The commands are made by wandb's own agent code; only its server is missing."""
    from wandb.sdk.launch.sweeps.utils import create_sweep_command, create_sweep_command_args

    sweep = OmegaConf.to_container(OmegaConf.load(CONF / "wandb-sweep.yaml"), resolve=False)
    names = list(sweep["parameters"])
    for values in product(*(sweep["parameters"][name]["values"] for name in names)):
        args = {name: {"value": value} for name, value in zip(names, values, strict=True)}
        command = create_sweep_command(sweep["command"])
        filled = create_sweep_command_args({"args": args})
        place = command.index("${args_no_hyphens}")
        config = compose_config(*filled["args_no_hyphens"], *command[place + 1 :])
        assert [OmegaConf.select(config, names[0]).plugin, config.attack.stop, config.seed] == list(values)
        assert config.tracking.wandb.mode == "online"


@pytest.fixture
def hydra_says(monkeypatch, tmp_path):
    """Pretend that Hydra runs a job."""

    def said(mode, overrides=()):
        config = SimpleNamespace(
            mode=mode,
            runtime=SimpleNamespace(output_dir=str(tmp_path)),
            job=SimpleNamespace(num=3),
            sweep=SimpleNamespace(dir=str(tmp_path)),
            overrides=SimpleNamespace(task=list(overrides)),
        )
        monkeypatch.setattr("hydra.core.hydra_config.HydraConfig.get", lambda: config)
        monkeypatch.setattr("hydra.core.hydra_config.HydraConfig.initialized", lambda: True)

    return said


def test_a_failure_in_a_multirun_gives_nothing_and_leaves_its_reason(hydra_says, tmp_path, capsys):
    hydra_says(RunMode.MULTIRUN)

    def fails(error):
        raise error

    assert survive_failure(lambda: fails(AdvspaceError("images must be >= 1, got 0"))) is None
    assert read_failure(RunDirectory(tmp_path)).reason == "images must be >= 1, got 0"
    assert capsys.readouterr().err == "run 3 failed: images must be >= 1, got 0\n"
    assert survive_failure(lambda: fails(KeyError("gone"))) is None
    assert read_failure(RunDirectory(tmp_path)).reason == (
        "KeyError: 'gone' (a mistake in the program; its trace is in failure.json)"
    )
    assert "Traceback" in json.loads((tmp_path / "failure.json").read_text())["trace"]
    assert survive_failure(lambda: None) is survive_failure(lambda: math.nan) is None  # nothing to maximise
    assert not (tmp_path / "failure.json").exists()
    with pytest.raises(KeyboardInterrupt):
        survive_failure(lambda: fails(KeyboardInterrupt()))


def test_a_full_disk_does_not_stop_the_other_runs(hydra_says, monkeypatch, capsys):
    """Not even where the reason cannot be kept."""

    def full(*_, **__):
        raise AdvspaceError("cannot write failure.json: No space left on device")

    hydra_says(RunMode.MULTIRUN)
    monkeypatch.setattr("advspace.run.multirun.write_failure", full)
    assert survive_failure(full) is None
    assert "the reason cannot be kept: cannot write failure.json" in capsys.readouterr().err


def test_outside_of_a_multirun_a_failure_is_a_failure(hydra_says, tmp_path):
    hydra_says(RunMode.RUN)
    with pytest.raises(ZeroDivisionError):
        survive_failure(lambda: 1 / 0)
    assert survive_failure(lambda: 0.5) == 0.5
    assert not list(tmp_path.iterdir())


def test_runs_are_named_by_what_varies(hydra_says, tmp_path):
    hydra_says(RunMode.MULTIRUN, ["images=3", "noise=uniform", "seed=1"])
    OmegaConf.save({"hydra": {"overrides": {"task": ["images=3", "noise=gaussian,uniform", "seed=0,1"]}}},
                   tmp_path / "multirun.yaml")  # fmt: skip
    assert current_sweep().run == "noise=uniform,seed=1"
    assert current_sweep().group == tmp_path.name
    hydra_says(RunMode.MULTIRUN, ["images=3"])
    assert current_sweep().run == "3"
    hydra_says(RunMode.RUN)
    assert current_sweep() is None


def test_many_failures_are_one_sentence():
    failed = [FailedRun(Path(str(number)), [], "too small") for number in range(5)]
    assert failures(failed, 8) == (
        "5 of 8 runs failed: 0: too small; 1: too small; 2: too small; and 2 more, each with its failure.json"
    )
