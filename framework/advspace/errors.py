"""Errors in the user's settings or data, each with a message of one sentence."""

import warnings
from functools import cache


class AdvspaceError(ValueError):
    """An error that the user can fix; the message gives the name, the rule, the value and what to do."""


class PluginError(AdvspaceError):
    """A plugin is not installed, cannot be loaded, configured or constructed, or breaks its contract in a run."""


class OccupiedError(AdvspaceError):
    """A directory belongs to another run, or another process writes into it."""


class ProbeError(AdvspaceError):
    """One image cannot be probed; the run goes on without it."""


class DamagedError(AdvspaceError):
    """A file of a run cannot be read, or is not what was written."""


class AdvspaceWarning(UserWarning):
    """A warning for the user; the run continues."""


def warn(text: str) -> None:
    """Show `text` to the user as a warning."""
    warnings.warn(text, AdvspaceWarning, stacklevel=3)


@cache
def warn_once(text: str) -> None:
    """Show `text` to the user as a warning, once in a program.

    Python's own filter forgets what it has shown when a library changes the filters.
    """
    warn(text)


def one_line(error: BaseException | str) -> str:
    """The message of another library's error in one line; its kind, if it has no message."""
    lines = [line.strip() for line in str(error).splitlines()]
    return " ".join(line for line in lines if line) or type(error).__name__


def cause(error: BaseException) -> str:
    """The first line of an error's message, or its type if it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
