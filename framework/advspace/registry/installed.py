"""The installed plugins by name, not yet imported: what needs only their names starts without torch.

A plugin is a class that an installed package lists in the entry point group ``advspace.<kind>``.
"""

import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from advspace.errors import PluginError

KINDS = ("dataset", "model", "attack", "noise", "probe", "analysis", "tracking")
RUN_KINDS = KINDS[:5]
"""The kinds with one plugin in each run; a run may have any number of analyses and trackers."""
SEVERAL = KINDS[5:]
"""The other kinds: each plugin has its settings under its name (`analysis.gallery.shown`)."""
NOUNS = {"tracking": "tracker"}
"""What a plugin of a kind is called, if it is not the name of the kind."""

Point = Any
"""An entry point: of importlib.metadata, or of importlib_metadata, where another package has imported that."""


def installed(kind: str) -> dict[str, Point]:
    """Plugins of one kind by name, not yet imported.

    Raises:
        PluginError: two packages have a plugin of the same name.
    """
    result: dict[str, Point] = {}
    for point in _points(f"advspace.{kind}", tuple((folder, _changed(folder)) for folder in sys.path)):
        other: Point = result.setdefault(point.name, point)
        if other.value != point.value:
            claims = " and ".join(f"{p.value} of {package(p)}" for p in (other, point))
            raise PluginError(f"{kind} '{point.name}' names both {claims}; uninstall one of them")
    return dict(sorted(result.items()))


@lru_cache(maxsize=8)
def _points(group: str, folders: tuple[tuple[str, int], ...]) -> Sequence[Point]:
    """The entry points of a group, cached until a folder changes: a run needs them forty times."""
    del folders
    return tuple(entry_points(group=group))


def _changed(folder: str) -> int:
    """Time at which `folder` was last changed, in ns; -1 if there is no such folder."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return -1


def version(kind: str, name: str) -> str:
    """Distribution and version of a plugin's package, such as `advspace 0.1.0`."""
    point = installed(kind)[name]
    return f"{package(point)} {point.dist.version if point.dist else '?'}"


def package(point: Point) -> str:
    """Name of the distribution of an entry point."""
    return point.dist.name if point.dist else "an unknown package"
