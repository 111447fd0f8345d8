"""Commands that a user pastes: whatever a directory is called, the shell and Hydra read its name."""

import shlex
from pathlib import Path

import pytest

from advspace.pasted import command_line, override, report_command, resume_command

NAMES = [
    *("a b", "a=b,c", "[x]", "{y}", "it's", 'say "hi"', "日本 é", "#1 (2) $x %g@h~", "back\\slash", "end\\", 'q\\"x'),
    *("\\\\two", "${seed}", "a\\${b", "tab\tx", "null", "5", " lead", "trail ", "a\nb", "🙂", "x'\"\\", "~", "!x", "*"),
]


def test_hydra_reads_what_was_meant(compose_config):
    for name in NAMES:
        (word,) = shlex.split(override("resume", name))
        assert compose_config(word).resume == name


def test_a_plain_path_stays_plain():
    assert (
        resume_command(Path("/runs/2026-01-31/12-00-00"), "train") == "python train.py resume=/runs/2026-01-31/12-00-00"
    )


def test_a_command_is_quoted_for_the_shell():
    assert command_line("-m", "a=$b") == "python probe.py -m 'a=$b'"
    assert report_command(Path("/runs/a b")) == "python probe.py 'report=\"/runs/a b\"'"


@pytest.mark.parametrize("name", ["a b=c,d[e](f)", 'it\'s "日本" {g} #1 $x %h@i~\\'])
def test_a_run_goes_on_in_an_odd_directory(call, quick_conclusion, tmp_path, name):
    directory = tmp_path / name
    small = ("images=1", "probe.draws=2", "tracking=off", "analysis=[]")
    done = call("probe", *small, *shlex.split(override("hydra.run.dir", str(directory))))
    assert done.returncode == 0, done.stderr
    again = call("probe", *shlex.split(resume_command(directory))[2:])
    assert again.returncode == 0, again.stderr
    assert "1 of 1 attacks are done already" in again.stderr


def test_paths_mean_what_was_typed_wherever_hydra_puts_the_job(call, quick_conclusion, tmp_path):
    """In a job, `hydra.job.chdir` makes the run directory the current one."""
    small = ("images=1", "probe.draws=2", "tracking=off", "analysis=[]", "cache=mine", "model.epochs=1")
    done = call("probe", *small, "hydra.run.dir=run", "hydra.job.chdir=true")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} >= {"run", "mine"}
    assert not (tmp_path / "run" / "mine").exists()
    again = call("probe", "resume=run", "hydra.job.chdir=true")
    assert again.returncode == 0, again.stderr
    assert "1 of 1 attacks are done already" in again.stderr
