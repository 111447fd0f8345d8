"""What is told in a sentence, and what keeps its trace."""

import os
import signal

import pytest

from advspace import AdvspaceError
from advspace.run.messages import PLAIN, report_errors, say, sentence
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


def test_a_stopped_completion_says_nothing(monkeypatch, capsys):
    for words, said in ((["images=3"], "stopped; start it again with: python probe.py images=3\n"), (["-sc", "q"], "")):
        monkeypatch.setattr("sys.argv", ["probe.py", *words])
        with pytest.raises(SystemExit):
            report_errors(raises(KeyboardInterrupt()))
        assert capsys.readouterr().err == said


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


def test_one_of_several_processes_speaks(monkeypatch, capsys):
    say("hello")
    monkeypatch.setenv("LOCAL_RANK", "1")
    say("hello again")
    assert capsys.readouterr() == ("", "hello\n")
