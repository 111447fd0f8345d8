"""What goes wrong by the user's hand or in the user's data, told in one sentence."""

import warnings


class AdvspaceError(ValueError):
    """A mistake that the user can mend; its text names the thing, the rule, the value and what to do."""


class PluginError(AdvspaceError):
    """A plugin could not be found, loaded, configured or constructed."""


class AdvspaceWarning(UserWarning):
    """Something the user should know, though the run goes on."""


def warn(text: str) -> None:
    """Tell the user `text` as a warning, once."""
    warnings.warn(text, AdvspaceWarning, stacklevel=3)
