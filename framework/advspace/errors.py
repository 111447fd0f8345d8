"""Errors in the user's settings or data, each with a message of one sentence."""

import warnings


class AdvspaceError(ValueError):
    """An error that the user can fix; the message gives the name, the rule, the value and what to do."""


class PluginError(AdvspaceError):
    """A plugin is not installed, or cannot be loaded, configured or constructed."""


class OccupiedError(AdvspaceError):
    """A directory belongs to another run, or another process writes into it."""


class DamagedError(AdvspaceError):
    """A file of a run cannot be read, or is not what was written."""


class AdvspaceWarning(UserWarning):
    """A warning for the user; the run continues."""


def warn(text: str) -> None:
    """Show `text` to the user as a warning."""
    warnings.warn(text, AdvspaceWarning, stacklevel=3)
