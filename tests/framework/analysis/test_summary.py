"""The summary of a run, and the flat row that is made of it."""

import json

import pandas as pd
import pytest
from made_run import made_run

from advspace import Analysis, Chart, Estimate, Finding, Line, Panel
from advspace.analysis.findings import analyse, write_findings
from advspace.analysis.finished_run import read_run
from advspace.analysis.summary import headline, read_summary, summarise, write_summary
from advspace.run_directory import RunDirectory


class Count(Analysis):
    """How many attacks there are."""

    def __call__(self, run):
        table = pd.DataFrame({"attacks": [len(run.images)]})
        chart = Chart("count", run.subject, "attacks", "A point.", [Panel([Line([0.0], [float(len(run.images))])])])
        return Finding(table, {"attacks_seen": Estimate(len(run.images), unit="attacks")}, [chart], "Counted.")

    def compare(self, runs):
        return Finding(sentence=f"{len(runs)} runs.")


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
    assert headline(summary) == {"attacked": 4, "attacks": 4, "succeeded": 4, "attacks_seen": 4.0}
