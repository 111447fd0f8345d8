"""A config folder of the user's beside ours: a file of the same name would be left out without a word."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from advspace.errors import AdvspaceError
from advspace.registry.installed import KINDS, installed

OPTION = "command-line"
"""Hydra's name for the folder of `--config-dir`."""


def refuse_shadowed(sources: Iterable[Any]) -> None:
    """Refuse a folder of `--config-dir` with a file that has the name of a config of ours, or of a plugin.

    Hydra reads the first file of a name.  Ours comes before the user's, and the user's before the config of a plugin.

    Args:
        sources: The config folders in Hydra's order, each with its `provider`, `schema` and `path`.

    Raises:
        AdvspaceError: there is such a file; the message names it.
    """
    folders = {each.provider: Path(each.path) for each in sources if each.schema == "file"}
    own = folders.get(OPTION)
    if own is None:
        return
    for path in sorted(own.rglob("*.yaml")):
        name = path.relative_to(own)
        group, choice = name.parent.as_posix(), name.stem
        if (folders["main"] / name).exists() or (group in KINDS and choice in installed(group)):
            raise AdvspaceError(f"--config-dir: advspace has a config {group}/{choice} of its own; rename {path}")
