"""What a run found, on the terminal."""

import io
import re

import pytest
from made_run import made_run, summed_up
from made_sweep import made_sweep
from rich.console import Console

from advspace import Estimate, Finding
from advspace.analysis.findings import Findings
from advspace.comparison.comparison import read_comparison
from advspace.run.terminal import _failures, show, show_comparison, show_line


@pytest.fixture
def shown(tmp_path):
    def of(verbose=False, width=100, **made):
        out = io.StringIO()
        console = Console(file=out, width=width)
        show(summed_up(made_run(tmp_path / "run", **made)), ["half_scale/*"], console, verbose=verbose)
        return out.getvalue()

    return of


def test_sentences_estimates_failures_and_where_the_rest_is(shown, tmp_path):
    text = shown(attacks=5, failed=[3], verbose=True)
    assert "made, hand, none, coin noise: 4 of 5 attacks succeeded" in text
    assert "1 failed: no luck & <b>3</b> (made-3)" in text
    assert "4 of 5 attacks on 5 images reached their goal." in text
    assert f"report: {tmp_path / 'run' / 'report.html'} (tables and figures beside it)" in text


@pytest.fixture
def compared(tmp_path):
    runs = read_comparison(made_sweep(tmp_path / "sweep", {}, {"noise": "empirical"})).finished
    octaves = Finding(headline={"octaves": Estimate(1.0, 0.5, 2.0, "octaves", "b - a")}, sentence="One differs.")
    findings = Findings({"octaves": octaves, "bands": Finding(sentence="Bands.")})

    def of(**given):
        out = io.StringIO()
        headlines = [{"half/a": Estimate(n + 1.0, 0.5, 3.0, label="half"), "other": Estimate(5.0)} for n in range(2)]
        show_comparison(runs, headlines, findings, ["no", "half/*"], Console(file=out, width=200), **given)
        return out.getvalue()

    return of


def test_the_runs_of_a_multirun_are_one_table(compared):
    assert [line.split() for line in compared().splitlines()] == [
        [],
        ["run", "settings", "attacks", "half"],
        ["0", "gaussian", "4/4", "1", "[0.5,", "3]"],
        ["1", "empirical", "4/4", "2", "[0.5,", "3]"],
    ]


def test_of_a_comparison_what_has_estimates_is_said(compared):
    text = compared(verbose=True)
    assert "One differs." in text
    assert "b - a" in text
    assert "Bands." not in text


def test_a_run_of_several_is_one_line(tmp_path):
    out = io.StringIO()
    conclusion = summed_up(made_run(tmp_path / "run", attacks=5, failed=[3]))
    show_line(conclusion, ["none", "half_scale/original/*"], Console(file=out, width=400))
    assert out.getvalue() == "run: made, hand, none, coin noise, 4/5 attacks, half scale 1.41 [1, 2]\n"
    show_line(conclusion, ["none"], Console(file=out, width=400), name="seed=1")
    assert out.getvalue().splitlines()[-1] == "run: seed=1, 4/5 attacks"


def test_what_was_skipped_is_said(shown):
    text = shown(attacks=2, failed=[0, 1], verbose=True)
    assert "analysis shares is skipped: the run has no probes" in text


def test_by_default_a_run_is_one_screen_with_a_table_of_centers_and_box_policies(shown, tmp_path):
    lines = shown(attacks=5, failed=[3]).splitlines()
    assert len(lines) <= 21
    assert max(map(len, lines[:-1])) <= 100
    at = next(index for index, line in enumerate(lines) if line.startswith("probes around the"))
    assert [line[:42].rstrip() for line in lines[at + 1 : at + 5]] == [
        "adversarial, clipped      1.41 [1, 2]",
        "adversarial, not clipped  1.41 [1, 2]",
        "original, clipped         1.41 [1, 2]",
        "original, not clipped     1.41 [1, 2]",
    ]
    assert any(line.startswith("mean L2 of the distortion") for line in lines[at + 5 :])
    assert "attacks on 5 images reached" not in "".join(lines)
    assert any(line.endswith("in the report, or with verbose=true") for line in lines)
    assert str(tmp_path / "run" / "report.html") in lines[-1]


def test_estimates_that_are_not_shown_are_counted(shown, tmp_path):
    every = len(summed_up(made_run(tmp_path / "other")).findings.headline)
    lines = shown(width=300).splitlines()
    end = next(index for index, line in enumerate(lines) if "more estimates" in line)
    at = lines.index(next(line for line in lines if line.startswith("estimate")))
    rows = lines[at + 1 : end]
    cells = [re.split(r" {2,}", line.strip())[1:] for line in lines[at - 5 : at - 1]]
    assert [len(each) for each in cells] == [3, 3, 1, 1]
    assert int(lines[end].split()[0]) == every - len(rows) - 8


def test_failures_are_grouped_by_reason():
    failed = [{"image_id": f"a-{n}", "reason": "too hard" if n else "no gradient"} for n in range(6)]
    assert _failures(failed, 3) == [
        "  1 failed: no gradient (a-0)",
        "  5 failed: too hard (a-1, a-2, a-3, and 2 more)",
    ]
    assert _failures(failed, None)[1] == "  5 failed: too hard (a-1, a-2, a-3, a-4, a-5)"
