"""Trackio itself: what a run has logged is read back through Trackio's own commands."""

import json
import os
import subprocess
import sys
from hashlib import sha256

import pandas as pd
import pytest
from small_run import SMALL, estimates

pytest.importorskip("trackio", reason="Trackio is not installed: pip install 'advspace[trackio]'")

PROJECT = ("--project", "advspace")


@pytest.fixture
def logged(call_process, tmp_path):
    """The directory of a run, and what Trackio's commands tell of it."""
    place = {"TRACKIO_DIR": str(tmp_path / "trackio")}
    done = call_process(
        "probe", "tracking=trackio", "tracking.trackio.name=mine", "hydra.run.dir=run", *SMALL, environment=place
    )
    assert done.returncode == 0, done.stderr
    assert "Trackio: trackio show --project advspace" in done.stderr

    def told(*arguments):
        program = [sys.executable, "-c", "from trackio.cli import main; main()", *arguments, *PROJECT, "--json"]
        return json.loads(subprocess.check_output(program, env={**os.environ, **place}))

    return tmp_path / "run", told


def value(told, metric):
    (each,) = told("get", "metric", "--run", "mine", "--metric", metric)["values"]
    return each["value"]


def test_a_run_is_read_back(logged):
    directory, told = logged
    run = told("get", "run", "--run", "mine")
    assert (run["config"]["images"], run["config"]["noise"]["plugin"]) == (2, "gaussian")
    for name, expected in estimates(directory).items():
        assert value(told, name) == expected
    shares = pd.read_parquet(directory / "analysis" / "shares.parquet")
    assert [row["scale"] for row in value(told, "shares")["_value"]] == shares["scale"].tolist()
    assert value(told, "shares_chart")["_type"] == "trackio.image"
    (artifact,) = told("list", "artifacts")["artifacts"]
    kept = told("get", "artifact", "--name", artifact["name"])["manifest"]
    digests = {each["path"]: each["digest"] for each in kept}
    for name in ("report.html", "summary.json", "figures/shares.png", "analysis/shares.parquet"):
        assert digests[name].removeprefix("sha256:") == sha256((directory / name).read_bytes()).hexdigest()
