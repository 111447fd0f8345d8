"""Why a run failed is kept with it."""

import json

from made_run import made_run

from advspace.comparison.failed_run import FailedRun, read_failure, write_failure
from advspace.run_directory import RunDirectory


def test_a_reason_comes_back_with_what_the_run_was_set_to(tmp_path):
    run = RunDirectory(made_run(tmp_path / "run", finished=False))
    assert read_failure(run) is None
    write_failure(run.path, "no luck", "Traceback ...")
    overrides = ["seed=7", "dataset.only=[a, b]"]
    assert read_failure(run) == FailedRun(run.path, overrides, "no luck", finished=False)
    assert json.loads(run.failure.read_text())["trace"] == "Traceback ..."
    write_failure(run.path, "an analysis failed", "", finished=True)
    assert read_failure(run).finished
    assert FailedRun.of(run, "it was killed") == FailedRun(run.path, overrides, "it was killed")


def test_a_failure_of_an_older_version(tmp_path):
    run = RunDirectory(tmp_path)
    run.failure.write_text('{"reason": "no luck"}')
    assert read_failure(run) == FailedRun(tmp_path, [], "no luck", finished=False)
