"""The end of a multirun: a program whose runs failed leaves with an error (the rest: tests/test_multirun.py)."""

import pytest
from made_run import made_multirun, made_run
from omegaconf import OmegaConf

from advspace.comparison.failed_run import write_failure
from advspace.run.multirun import CompareRuns


@pytest.fixture
def ended(tmp_path, compose_config, monkeypatch):
    """End a multirun of a program."""
    monkeypatch.setattr("advspace.figures.draw_charts", lambda *_: [])

    def end(program):
        config = compose_config("tracking=off", name="probe")
        OmegaConf.set_struct(config, False)
        config.hydra = {"sweep": {"dir": str(tmp_path)}}
        CompareRuns().on_multirun_end(config, config_name=program)

    return end


def test_runs_of_probe_are_compared_and_failures_are_an_error(ended, tmp_path, capsys):
    made_multirun(tmp_path)
    with pytest.raises(SystemExit) as end:
        ended("probe")
    assert end.value.code == "error: 1 of 5 runs failed: 4: no <noise> & no luck"
    assert (tmp_path / "comparison" / "runs.parquet").is_file()
    assert (
        f"report: {tmp_path / 'report.html'} (tables and figures in comparison/ beside it)" in capsys.readouterr().err
    )


def test_where_none_has_failed_the_program_ends_well(ended, tmp_path):
    made_run(tmp_path / "0")
    ended("probe")
    assert (tmp_path / "report.html").is_file()


def test_trainings_are_not_compared(ended, tmp_path):
    for number in range(2):
        (tmp_path / str(number) / ".hydra").mkdir(parents=True)
        (tmp_path / str(number) / ".hydra" / "config.yaml").write_text("seed: 0")
    ended("train")
    write_failure(tmp_path / "1", "it diverged", "")
    with pytest.raises(SystemExit) as end:
        ended("train")
    assert end.value.code == "error: 1 of 2 runs failed: 1: it diverged"
    assert not (tmp_path / "comparison").exists()


def test_a_multirun_without_a_run_is_an_error(ended):
    with pytest.raises(SystemExit) as end:
        ended("probe")
    assert end.value.code.startswith("error: report: there is no run in ")
