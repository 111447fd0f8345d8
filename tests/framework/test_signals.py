"""Signals become an exception with an exit status, once."""

import os
import signal
import sys
import threading
import time

import pytest

from advspace.signals import STOPPING, Stopped, hear, heard


@pytest.fixture(autouse=True)
def same_signals():
    before, hook = {number: signal.getsignal(number) for number in STOPPING}, sys.unraisablehook
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    sys.unraisablehook = hook


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGUSR1, 138)]
)
def test_the_status_is_that_of_a_shell(number, status):
    hear()
    with pytest.raises(Stopped, match=number.name) as stopped:
        os.kill(os.getpid(), number)
    assert stopped.value.status == status


def test_later_signals_leave_the_end_alone_but_for_an_impatient_interrupt():
    hear()
    assert heard()
    with pytest.raises(Stopped):
        os.kill(os.getpid(), signal.SIGTERM)
    assert not heard()
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL


def test_what_is_ignored_stays_ignored():
    """As by nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    hear()
    os.kill(os.getpid(), signal.SIGHUP)
    assert heard()


def test_only_the_main_thread_hears():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    thread = threading.Thread(target=hear)
    thread.start()
    thread.join()
    assert not heard()


MODULE = """
import os, signal, time
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(0.05)
whole = True
"""


def test_a_signal_during_an_import_comes_after_it(tmp_path, monkeypatch):
    """An exception there may abort the process, if a library imports from C++."""
    (tmp_path / "imported_in_peace.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    hear()
    with pytest.raises(Stopped) as stopped:
        imported()
    assert stopped.value.status == 143
    assert sys.modules["imported_in_peace"].whole


def imported():
    __import__("imported_in_peace")
    time.sleep(60)  # until the signal


class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)


def finalise():
    thing = Finalised()
    del thing
    time.sleep(60)  # until the signal


def test_a_signal_in_a_finaliser_is_not_lost():
    """Python cannot raise an exception there; it prints it and goes on."""
    hear()
    with pytest.raises(Stopped) as stopped:
        finalise()
    assert stopped.value.status == 143
