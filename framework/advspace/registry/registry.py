"""Find plugins and give each one a Hydra config.

A plugin is a class that an installed package names under the entry point group ``advspace.<kind>``.  Its constructor
signature is its config: nothing else is written.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from advspace.analysis.contract import Analysis
from advspace.attack.contract import Attack
from advspace.checks import offer
from advspace.dataset.contract import Dataset
from advspace.errors import PluginError
from advspace.model.contract import Model
from advspace.noise.contract import Noise
from advspace.probe.contract import Probe
from advspace.registry.stop import stop_settings

INTERFACES: Mapping[str, type] = {
    "dataset": Dataset,
    "model": Model,
    "attack": Attack,
    "noise": Noise,
    "probe": Probe,
    "analysis": Analysis,
}
KINDS = tuple(INTERFACES)
RUN_KINDS = KINDS[:5]
"""The kinds of which a run has one plugin each; it may have any number of analyses."""


def installed(kind: str) -> dict[str, EntryPoint]:
    """Plugins of one kind by name, not yet imported.

    Raises:
        PluginError: two packages claim the same name.
    """
    result: dict[str, EntryPoint] = {}
    for point in _points(f"advspace.{kind}", tuple((folder, _changed(folder)) for folder in sys.path)):
        other = result.setdefault(point.name, point)
        if other.value != point.value:
            claims = " and ".join(f"{p.value} of {_owner(p)}" for p in (other, point))
            raise PluginError(f"{kind} '{point.name}' names both {claims}; uninstall one of them")
    return dict(sorted(result.items()))


@lru_cache(maxsize=8)
def _points(group: str, folders: tuple[tuple[str, int], ...]) -> Sequence[EntryPoint]:
    """The entry points of a group; read once while the folders stay as they are, for a run asks forty times."""
    del folders
    return tuple(entry_points(group=group))


def _changed(folder: str) -> int:
    """When a package was last added to `folder` or removed, in ns; -1 where there is no such folder."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return -1


def load(kind: str, name: str) -> type:
    """Import the plugin class that `name` stands for.

    Raises:
        PluginError: no such plugin, its import fails, or its class is not of that kind.
    """
    plugins = installed(kind)
    if name not in plugins:
        raise PluginError(f"no {kind} is called '{name}'; {offer(name, plugins, 'installed:')}")
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
    """Construct the plugin that ``config.plugin`` names with the other values of `config`, less those of a stop rule.

    Raises:
        PluginError: no installed plugin of that kind has that name, a setting without a default is not given, or it
            refuses its settings.
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
        return plugin(**values)
    except (TypeError, ValueError) as error:
        raise PluginError(f"{kind} '{name}': {error}") from error


def version(kind: str, name: str) -> str:
    """Distribution and version that a plugin comes from, such as `advspace 0.1.0`."""
    point = installed(kind)[name]
    return f"{_owner(point)} {point.dist.version if point.dist else '?'}"


def name_of(kind: str, plugin: object) -> str:
    """The name by which the class of `plugin` is installed, or that of the class itself."""
    value = f"{type(plugin).__module__}:{type(plugin).__qualname__}"
    return next((name for name, point in installed(kind).items() if point.value == value), type(plugin).__name__)


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "an unknown package"
