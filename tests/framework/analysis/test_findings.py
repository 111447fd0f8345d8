"""Several analyses of one run: what is skipped, what fails, and that the others do not notice."""

import pandas as pd
import pytest
from made_run import made_run

from advspace import Analysis, Chart, Estimate, Finding, Line, Panel
from advspace.analysis.findings import AnalysisError, analyse, compare
from advspace.analysis.finished_run import read_run


class Count(Analysis):
    """How many attacks there are."""

    def __call__(self, run):
        table = pd.DataFrame({"attacks": [len(run.images)]})
        chart = Chart("count", run.subject, "attacks", "A point.", [Panel([Line([0.0], [float(len(run.images))])])])
        return Finding(table, {"attacks_seen": Estimate(len(run.images), unit="attacks")}, [chart], "Counted.")

    def compare(self, runs):
        return Finding(sentence=f"{len(runs)} runs.")


class Raises(Count):
    order = 5

    def __call__(self, run):
        raise ZeroDivisionError("no attack left")

    def compare(self, runs):
        raise ZeroDivisionError("no run left")


class Needs(Count):
    def __init__(self, *needs):
        self.needs = frozenset(needs)


@pytest.fixture
def finished(tmp_path):
    return read_run(made_run(tmp_path / "run", finished=False))


def test_one_that_fails_is_named_and_the_others_are_there(finished):
    findings = analyse(finished, {"count": Count(), "raises": Raises()})
    assert list(findings.made) == ["count"]
    assert findings.reasons == {"raises": "ZeroDivisionError: no attack left"}
    with pytest.raises(AnalysisError, match="analysis 'raises' failed: ZeroDivisionError: no attack left; the other "):
        findings.raise_failures("there")
    both = compare([finished, finished], {"count": Count(), "raises": Raises()})
    assert both.made["count"].sentence == "2 runs."
    assert both.reasons == {"raises": "ZeroDivisionError: no run left"}


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (("rays",), "the run has no table 'rays'"),
        (("probes.radius",), "the table 'probes' of the run has no column 'radius'"),
        (("images", "probes.share_target", "tensors"), ""),
    ],
)
def test_one_that_needs_what_the_run_lacks_is_skipped(finished, needs, said):
    findings = analyse(finished, {"needy": Needs(*needs)})
    assert findings.skipped == ({"needy": said} if said else {})
    assert set(findings.made) == (set() if said else {"needy"})


def test_without_tensors(finished):
    (finished.directory / "tensors" / "part-0000000.safetensors").unlink()
    assert analyse(finished, {"needy": Needs("tensors")}).skipped == {"needy": "the run has no tensors"}


def test_they_come_in_their_order_and_with_titles(finished):
    class Late(Count):
        order = 200
        title = "The last"

        def __call__(self, run):
            return Finding(sentence="Late.")

    findings = analyse(finished, {"late": Late(), "early_bird": Count()})
    assert list(findings.titles.items()) == [("early_bird", "Early bird"), ("late", "The last")]


@pytest.mark.parametrize("kind", ["estimate", "chart"])
def test_a_name_belongs_to_one(finished, kind):
    class Copy(Count):
        order = 200

        def __call__(self, run):
            found = super().__call__(run)
            return Finding(headline=found.headline) if kind == "estimate" else Finding(charts=found.charts)

    findings = analyse(finished, {"count": Count(), "copy": Copy()})
    name = {"estimate": "attacks_seen", "chart": "count"}[kind]
    assert findings.reasons["copy"] == f"AdvspaceError: its {kind} '{name}' has the name of one of count; rename it"


def test_no_analysis_leaves_no_finding(finished):
    findings = analyse(finished, {})
    assert (findings.headline, findings.charts, findings.to_dict()["findings"]) == ({}, [], {})
