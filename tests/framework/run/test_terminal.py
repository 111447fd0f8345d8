"""What a run found, on the terminal."""

import io

import pytest
from made_run import made_run, summed_up
from made_sweep import made_sweep
from rich.console import Console

from advspace import Estimate, Finding
from advspace.analysis.findings import Findings
from advspace.comparison.comparison import read_comparison
from advspace.run.terminal import _failures, estimate_table, show, show_comparison, show_line


def printed(*things, width=200):
    out = io.StringIO()
    console = Console(file=out, width=width)
    for thing in things:
        console.print(thing)
    return out.getvalue()


@pytest.fixture
def shown(tmp_path):
    def of(verbose=False, **made):
        out = io.StringIO()
        show(summed_up(made_run(tmp_path / "run", **made)), Console(file=out, width=200), verbose=verbose)
        return out.getvalue()

    return of


def test_sentences_estimates_failures_and_where_the_rest_is(shown, tmp_path):
    text = shown(attacks=5, failed=[3], verbose=True)
    assert "made, hand, none, coin noise" in text
    assert "1 failed: no luck & <b>3</b> (made-3)" in text
    assert "4 of 5 attacks on 5 images reached their goal." in text
    assert f"tables, report, figures and summary in {tmp_path / 'run'}" in text


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
        ["run", "half"],
        ["0", "gaussian", "1", "[0.5,", "3]"],
        ["1", "empirical", "2", "[0.5,", "3]"],
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


def test_what_was_skipped_is_said(shown):
    text = shown(attacks=2, failed=[0, 1], verbose=True)
    assert "analysis shares is skipped: the run has no probes" in text


def test_a_row_per_estimate_that_is_a_number():
    headline = {
        "half": Estimate(2.0, 0.5, 8.0, "sd", "half scale", high_censored="above"),
        "none": Estimate(float("nan"), label="nothing"),
        "bare": Estimate(0.25),
    }
    lines = printed(estimate_table(headline)).splitlines()
    assert [line.split() for line in lines] == [
        ["estimate", "value", "95", "%", "interval", "unit"],
        ["half", "scale", "2", "[0.5,", ">", "8]", "sd"],
        ["bare", "0.25"],
    ]


def test_brackets_in_names_are_no_markup():
    table = estimate_table({"a": Estimate(1.0, label="[bold]x[/bold]")})
    assert "[bold]x[/bold]" in printed(table)


def test_by_default_a_run_fits_one_screen(shown, tmp_path):
    lines = shown(attacks=5, failed=[3]).splitlines()
    assert len(lines) <= 24
    assert "half scale around the original, not clipped" in "".join(lines)
    assert "attacks on 5 images reached" not in "".join(lines)
    assert any(line.endswith("their sentences: verbose=true, or the report") for line in lines)
    assert str(tmp_path / "run") in lines[-1]


def test_failures_are_grouped_by_reason():
    failed = [{"image_id": f"a-{n}", "reason": "too hard" if n else "no gradient"} for n in range(6)]
    assert _failures(failed, 3) == [
        "  1 failed: no gradient (a-0)",
        "  5 failed: too hard (a-1, a-2, a-3, and 2 more)",
    ]
    assert _failures(failed, None)[1] == "  5 failed: too hard (a-1, a-2, a-3, a-4, a-5)"
