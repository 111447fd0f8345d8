"""What a program says: a user's error in one sentence with a non-zero exit status, and news on the error stream."""

import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from advspace.errors import AdvspaceError
from advspace.files.os_errors import os_sentence
from advspace.installation import completing, typed
from advspace.lightning import first_process
from advspace.run.hydra_errors import hydra_sentence, misread
from advspace.signals import Stopped, Told, hear, ignore, stop_within

PLAIN = "ADVSPACE_TELLS_PLAINLY"
"""Environment variable that marks HYDRA_FULL_ERROR as set by us, not by the user."""


def report_errors(main: Callable[[], object]) -> None:
    """Run `main`; print a user's error as one sentence, and any other error with its stack trace.

    With HYDRA_FULL_ERROR=1 every error has its stack trace.  A signal that stops the program gives the exit status
    128 + its number.
    """
    hear()
    command = shlex.join(typed())
    try:
        _report_errors(main)
        ignore()
    except Told as stop:
        sys.exit(stop.status)
    except (Stopped, KeyboardInterrupt) as stop:  # a library may set its own handler of Ctrl-C
        if not completing():
            say(f"stopped; start it again with: {command}")
        sys.exit(getattr(stop, "status", 128 + signal.SIGINT))


def _report_errors(main: Callable[[], object]) -> None:
    if os.environ.get("HYDRA_FULL_ERROR") and PLAIN not in os.environ:
        main()
        return
    os.environ[PLAIN] = "1"  # other processes of this run inherit both
    os.environ["HYDRA_FULL_ERROR"] = "1"  # else Hydra prints its own trace and exits
    try:
        with one_sentence():
            main()
    finally:
        del os.environ["HYDRA_FULL_ERROR"], os.environ[PLAIN]


@contextmanager
def one_sentence() -> Iterator[None]:
    """End the program with one sentence if there is a user's error in the block, unless the user wants to see traces.

    A job does this too: Hydra prints a line of its own for any error that leaves a job, except for an exit.
    """
    try:
        yield
    except Exception as error:
        if stop := stop_within(error):
            raise stop from None
        text = sentence(error) if PLAIN in os.environ else None
        if text is None:
            raise
        sys.exit(f"error: {text}")


def sentence(error: Exception) -> str | None:
    """The message of an error that the user can fix, in one line; None for other errors."""
    text = _message(error)
    return text and "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _message(error: Exception) -> str | None:
    if isinstance(error, AdvspaceError):
        return str(error)
    if isinstance(error, HydraException | OmegaConfBaseException):
        return hydra_sentence(error)
    if isinstance(error, OSError):
        return os_sentence(error)
    return misread(error) or None


def say(text: str) -> None:
    """Print a message to the error stream, where the progress bars are; only in the first process."""
    if first_process():
        say_anyway(text)


def say_anyway(text: str) -> None:
    """Print a message to the error stream in any process."""
    print(text, file=sys.stderr, flush=True)
