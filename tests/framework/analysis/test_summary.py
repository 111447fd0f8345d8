"""The summary of a run, and the flat row that is made of it."""

import json

import pandas as pd
import pytest
import torch
from made_run import made_run

from advspace import Analysis, Estimate, Finding
from advspace.analysis.findings import analyse, write_findings
from advspace.analysis.finished_run import read_run
from advspace.analysis.summary import headline, read_summary, summarise, write_summary
from advspace.run_directory import RunDirectory


class Count(Analysis):
    """How many attacks there are."""

    def __call__(self, run):
        count = len(run.images)
        return Finding(
            pd.DataFrame({"attacks": [count]}),
            {
                "attacks_seen": Estimate(count, unit="attacks"),
                "reach": Estimate(8.0, 2.0, 8.0, censored="above", high_censored="above"),
            },
        )


@pytest.fixture
def finished(tmp_path):
    return read_run(made_run(tmp_path / "run", finished=False))


def test_they_are_read_back(finished):
    """The summary is JSON without NaN; the flat row has what intervals there are."""
    run = RunDirectory(finished.directory)
    findings = analyse(finished, {"count": Count()})
    write_findings(run, findings)
    assert pd.read_parquet(run.analysis / "count.parquet")["attacks"].tolist() == [4]
    write_summary(run, summarise(finished, findings))
    summary = read_summary(run)
    json.dumps(summary, allow_nan=False)
    stored = summary["findings"]["count"]["headline"]["attacks_seen"]
    assert Estimate.from_dict(stored).value == 4
    assert stored["low"] is None
    assert headline(summary) == {"attacked": 4, "attacks": 4, "succeeded": 4, "attacks_seen": 4.0} | {
        "reach": 8.0,
        "reach_low": 2.0,
        "reach_high": 8.0,
        "reach_censored": "above",
    }


def test_what_became_of_the_images(tmp_path):
    run = read_run(made_run(tmp_path / "run", 5, failed=[3], finished=False))
    summary = summarise(run, analyse(run, {}))
    assert summary["title"] == run.title
    assert summary["images"] == {
        "attacked": 5,
        "attacks": 5,
        "succeeded": 4,
        "failed": [{"image_id": "made-3", "target": 1, "reason": "no luck & <b>3</b>"}],
        "misclassified": ["made-wrong"],
        "of_target_class": [],
        "unreadable": [],
        "unlabelled": 0,
    }
    assert torch.__version__.startswith(summary["versions"]["torch"].partition("+")[0])
    assert summary["settings"]["seed"] == 7


def test_a_run_that_has_not_come_to_its_end_has_none(tmp_path, finished):
    assert read_summary(RunDirectory(finished.directory)) is None
    RunDirectory(tmp_path).summary.write_text('{"half_scale": 1}')  # of a version without findings
    assert read_summary(RunDirectory(tmp_path)) is None
