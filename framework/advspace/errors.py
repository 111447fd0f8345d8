"""Errors in the user's settings or data, each with a message of one sentence."""

import warnings


class AdvspaceError(ValueError):
    """An error that the user can fix; the message gives the name, the rule, the value and what to do."""


class PluginError(AdvspaceError):
    """A plugin is not installed, cannot be loaded, configured or constructed, or breaks its contract in a run."""


class OccupiedError(AdvspaceError):
    """A directory belongs to another run, or another process writes into it."""


class AdvspaceWarning(UserWarning):
    """A warning for the user; the run continues."""


def warn(text: str) -> None:
    """Show `text` to the user as a warning."""
    warnings.warn(text, AdvspaceWarning, stacklevel=3)
