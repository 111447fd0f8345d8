"""Signals that stop a program: it says how to go on, and exits with 128 + the number of the signal, as shells do."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
"""Ctrl-C; the end of a job on a cluster or in a container; a closed terminal; Slurm's warning before the time is up."""
IMPORT = "<frozen importlib._bootstrap>"
"""File name of Python's code that imports modules."""
SOON = 0.01
"""Seconds after which a signal that was lost comes again."""


class Stopped(BaseException):
    """A signal asked the program to stop.

    It is no `KeyboardInterrupt`, because Lightning turns that into exit status 1.

    Args:
        number: Number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.status = 128 + number


class Told(Stopped):
    """The same, after the program has said how to go on."""


def stop_within(error: BaseException) -> Stopped | None:
    """The stop that an error came from: a library's clean-up may fail where a signal broke its work off."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, Stopped):
        seen = seen.__cause__ or seen.__context__
    return seen


def hear() -> None:
    """Let the first stopping signal raise `Stopped` in the main thread.

    Signals that are ignored, as by `nohup`, stay ignored.  A second Ctrl-C ends the process at once.  A signal that
    comes while Python runs a finaliser, which cannot raise anything, comes again after it.  So does one that comes
    during an import: an exception there may abort the process, if a library imports from C++.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    sys.unraisablehook = _come_again


def ignore() -> None:
    """Let stopping signals have no effect: the work is done, and the process is about to end."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


def heard() -> bool:
    """Whether `hear` was called, and no signal has come since."""
    return any(signal.getsignal(number) is _stop for number in STOPPING)


def _stop(number: int, frame: FrameType | None) -> None:
    if _importing(frame):
        _send_again(number)
        return
    for other in STOPPING:
        signal.signal(other, signal.SIG_DFL if other == signal.SIGINT else signal.SIG_IGN)
    raise Stopped(number)


def _come_again(unraisable: Any) -> None:
    """Send a signal again whose exception Python could not raise."""
    if not isinstance(unraisable.exc_value, Stopped):
        sys.__unraisablehook__(unraisable)
        return
    number = unraisable.exc_value.number
    signal.signal(number, _stop)
    _send_again(number)


def _importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported."""
    while frame is not None:
        if frame.f_code.co_filename == IMPORT:
            return True
        frame = frame.f_back
    return False


def _send_again(number: int) -> None:
    again = threading.Timer(SOON, os.kill, (os.getpid(), number))  # here too Python raises nothing
    again.daemon = True
    again.start()
