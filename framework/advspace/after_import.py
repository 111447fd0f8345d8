"""Plugins that join another library when, and only if, it is imported.

An entry point of the group names the library, and the function that is called with it.
"""

from importlib.metadata import entry_points

from wrapt import register_post_import_hook

GROUP = "advspace.after_import"


def watch() -> None:
    """Call each library's functions when it is imported; at once where it has been."""
    for entry in entry_points(group=GROUP):
        register_post_import_hook(entry.value, entry.name)
