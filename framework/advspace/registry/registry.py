"""Find plugins and give each one a Hydra config.

A plugin is a class that an installed package lists in the entry point group ``advspace.<kind>``.  Its config is the
signature of its constructor.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from advspace.analysis.contract import Analysis
from advspace.attack.contract import Attack
from advspace.checks import offer
from advspace.clauses import Owner
from advspace.dataset.contract import Dataset
from advspace.errors import PluginError
from advspace.model.contract import Model
from advspace.noise.contract import Noise
from advspace.probe.contract import Probe
from advspace.registry.results import guarded_plugin
from advspace.registry.stop import stop_settings
from advspace.tracking.contract import Tracker

INTERFACES: Mapping[str, type] = {
    "dataset": Dataset,
    "model": Model,
    "attack": Attack,
    "noise": Noise,
    "probe": Probe,
    "analysis": Analysis,
    "tracking": Tracker,
}
KINDS = tuple(INTERFACES)
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
        other: Any = result.setdefault(point.name, point)
        if other.value != point.value:
            claims = " and ".join(f"{p.value} of {_owner(p)}" for p in (other, point))
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


def load(kind: str, name: str) -> type:
    """Import the class of a plugin.

    Raises:
        PluginError: there is no such plugin, its import fails, or its class is not of that kind.
    """
    plugins = installed(kind)
    if name not in plugins:
        raise PluginError(f"no {NOUNS.get(kind, kind)} is called '{name}'; {offer(name, plugins, 'installed:')}")
    point = plugins[name]
    try:
        plugin = point.load()
    except Exception as error:
        raise PluginError(
            f"{kind} '{name}' cannot be imported ({error!r}); mend or uninstall {_owner(point)}"
        ) from error
    if not (isinstance(plugin, type) and issubclass(plugin, INTERFACES[kind])):
        wanted = INTERFACES[kind]
        raise PluginError(
            f"{kind} '{name}' must be a subclass of advspace.{wanted.__name__}, got {point.value}; "
            f"mend or uninstall {_owner(point)}"
        )
    return plugin


def build(kind: str, config: DictConfig) -> Any:
    """Construct the plugin ``config.plugin`` with the other values of `config`, except those of the stop rule.

    Its errors in the run name it (`registry.guard`).

    Raises:
        PluginError: there is no such plugin, a setting without a default is not given, or a setting is not allowed.
    """
    missing = [str(key) for key in config if OmegaConf.is_missing(config, key)]
    if missing:
        raise PluginError(f"{kind} '{config.plugin}': {missing[0]} must be given ({kind}.{missing[0]}=...)")
    settings: Any = OmegaConf.to_container(config, resolve=True)
    name = settings.pop("plugin")
    plugin = load(kind, name)
    for key in stop_settings(plugin):
        settings.pop(key, None)
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}
    try:
        made = plugin(**values)
    except (TypeError, ValueError) as error:
        raise PluginError(f"{kind} '{name}': {error}") from error
    except Exception as error:  # a constructor of another package may raise any
        raise PluginError(f"{owner(kind, name)} refuses its settings ({error!r})") from error
    return guarded_plugin(made, owner(kind, name))


def version(kind: str, name: str) -> str:
    """Distribution and version of a plugin's package, such as `advspace 0.1.0`."""
    point = installed(kind)[name]
    return f"{_owner(point)} {point.dist.version if point.dist else '?'}"


def owner(kind: str, name: str) -> Owner:
    """A plugin as messages name it; without a package if it is not installed."""
    return Owner(kind, name, version(kind, name) if name in installed(kind) else "")


def name_of(kind: str, plugin: object) -> str:
    """The installed name of the class of `plugin`; the name of the class if it is not installed."""
    value = f"{type(plugin).__module__}:{type(plugin).__qualname__}"
    return next((name for name, point in installed(kind).items() if point.value == value), type(plugin).__name__)


def _owner(point: Point) -> str:
    return point.dist.name if point.dist else "an unknown package"
