"""The command line's border: what is told in a sentence, and what keeps its trace."""

import gc
import os
import signal
from types import SimpleNamespace

import pytest
from hydra.types import RunMode
from omegaconf import OmegaConf

from advspace import AdvspaceError
from advspace.run.command_line import PLAIN, begun, collect_garbage, report_errors, reported, resumable, say, sentence
from advspace.signals import Stopped


def raises(error):
    def main():
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AdvspaceError("images must be >= 1, got 0"), "images must be >= 1, got 0"),
        (PermissionError(13, "Permission denied", "/root/x"), "cannot use /root/x: Permission denied; change its perm"),
        (OSError(28, "No space left on device"), "cannot use a file: No space left on device; free some space or"),
        (
            FileNotFoundError(2, "No such file or directory", "x"),
            "cannot use x: No such file or directory; check the p",
        ),
    ],
)
def test_a_mistake_of_the_user_is_a_sentence_and_an_exit(error, said, monkeypatch):
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)
    with pytest.raises(SystemExit) as end:
        report_errors(raises(error))
    assert end.value.code.startswith(f"error: {said}")
    assert not {"HYDRA_FULL_ERROR", PLAIN} & set(os.environ)


def test_a_mistake_of_ours_keeps_its_trace(monkeypatch):
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)
    with pytest.raises(ZeroDivisionError):
        report_errors(raises(ZeroDivisionError()))
    assert sentence(ZeroDivisionError()) is None


def test_ctrl_c_is_an_exit_of_its_own(monkeypatch):
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)
    with pytest.raises(SystemExit) as end:
        report_errors(raises(KeyboardInterrupt()))
    assert end.value.code == 130


def test_a_clean_up_that_fails_after_a_signal_does_not_hide_it(monkeypatch):
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)

    def main():
        try:
            raise Stopped(signal.SIGTERM)
        finally:
            None._invalidate_flags_cache()  # as a half-made config of OmegaConf does

    with pytest.raises(SystemExit) as end:
        report_errors(main)
    assert end.value.code == 143


def test_who_wants_to_see_where_a_mistake_was_found_does(monkeypatch):
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    monkeypatch.delenv(PLAIN, raising=False)
    with pytest.raises(AdvspaceError):
        report_errors(raises(AdvspaceError("images")))
    monkeypatch.setenv(PLAIN, "1")  # a further process of a run that is told plainly
    with pytest.raises(SystemExit):
        report_errors(raises(AdvspaceError("images")))


def hydra(*overrides, mode=RunMode.RUN):
    return SimpleNamespace(
        mode=mode, overrides=SimpleNamespace(task=list(overrides)), runtime=SimpleNamespace(output_dir="/runs/1")
    )


def test_the_command_that_goes_on(compose_config):
    config = compose_config()
    given, directory, command = resumable(config, hydra("seed=1"), "train")
    assert (given, str(directory)) == (config, "/runs/1")
    assert command == "python train.py resume=/runs/1"


@pytest.mark.parametrize(
    ("overrides", "mode", "remove"),
    [
        (["report=x", "images=3", "+noise.mean=zero"], RunMode.RUN, r"remove images=3 \+noise.mean=zero$"),
        (["report=x"], RunMode.MULTIRUN, "remove -m$"),
    ],
)
def test_beside_a_report_little_can_be_set(overrides, mode, remove):
    config = OmegaConf.create({"report": "x"})
    assert reported(config, hydra("report=x", "analysis=[shares]", "figures.width=3"))[0].name == "x"
    with pytest.raises(AdvspaceError, match=f"beside it only analysis and figures can be set; {remove}"):
        reported(config, hydra(*overrides, mode=mode))


def test_one_of_several_processes_speaks(monkeypatch, capsys):
    say("hello")
    monkeypatch.setenv("LOCAL_RANK", "1")
    say("hello again")
    assert capsys.readouterr() == ("", "hello\n")


def test_garbage_is_looked_for_again():
    gc.disable()
    try:
        collect_garbage()
        assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


@pytest.mark.parametrize("name", [None, "conf"])
def test_the_config_is_stored_where_programs_look_for_it(compose_config, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    hydra = SimpleNamespace(runtime=SimpleNamespace(cwd=str(tmp_path), config_sources=[]), output_subdir=name)
    with pytest.raises(AdvspaceError, match=rf"^hydra.output_subdir must stay .hydra, got {name}; "):
        begun(compose_config(), hydra)
    hydra.output_subdir = ".hydra"
    assert begun(compose_config(), hydra).images
    assert begun(compose_config("report=x"), SimpleNamespace(runtime=hydra.runtime, output_subdir=None)).report == "x"
