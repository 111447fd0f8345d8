"""A Hydra config for each plugin, from the signature of its constructor."""

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, make_dataclass
from typing import Any, get_type_hints

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from advspace.errors import PluginError, warn
from advspace.registry.installed import KINDS, SEVERAL, installed
from advspace.registry.registry import load
from advspace.registry.stop import stop_settings

ALL = "all"
"""Selects every analysis."""
OFF = "off"
"""Selects no tracker."""
BROKEN = "Broken"
Setting = tuple[str, Any, Any]
"""Name, type hint and default of a constructor parameter."""


def add_configs() -> None:
    """Make every installed plugin selectable on the command line as ``<kind>=<name>``.

    A plugin that cannot be loaded stays selectable: to select it is an error with the reason, otherwise there is a
    warning.  Several analyses and trackers can be selected (``analysis=[shares,half_scale]``), each with its settings
    under its name; ``analysis=all`` selects all that can be loaded and need no setting, ``tracking=off`` no tracker.

    Raises:
        PluginError: two packages have a plugin of the same name.
    """
    store = ConfigStore.instance()
    for kind in KINDS:
        nodes = _nodes(kind)
        for name, node in nodes.items():
            store.store(group=kind, name=name, node=node, package=f"{kind}.{name}" if kind in SEVERAL else None)
        if kind == "analysis":
            every = make_dataclass("All", [("defaults", list[Any], _value(list[Any](_without_settings(nodes))))])
            store.store(group=kind, name=ALL, node=every)
        if kind == "tracking":
            store.store(group=kind, name=OFF, node={OFF: True})  # kept, to be refused beside another tracker


def selected_by_all() -> dict[str, type]:
    """The config of each analysis that can be loaded and needs no setting, by name."""
    return _without_settings(_nodes("analysis"))


def _without_settings(nodes: dict[str, type]) -> dict[str, type]:
    return {name: node for name, node in nodes.items() if node.__name__ != BROKEN and _complete(node)}


def _nodes(kind: str) -> dict[str, type]:
    nodes: dict[str, type] = {}
    for name in installed(kind):
        try:
            nodes[name] = config_of(name, load(kind, name))
        except PluginError as error:  # one broken package must not stop the others
            warn(f"{error}; it is left out")
            nodes[name] = make_dataclass(BROKEN, [("plugin", str, name)])
    return nodes


def share_store() -> None:
    """Let all copies of Hydra's config repository share one store of configs.

    Hydra 1.3 copies its repository with every config in the store each time that it composes or lists a group: 97 times
    for ``--help``, 40 % of its time.  Nothing changes the store through such a copy, and Hydra copies each config again
    when it loads it.  A Hydra that copies in another way is only slower.
    """
    if "__deepcopy__" not in vars(ConfigStore):
        ConfigStore.__deepcopy__ = _itself  # type: ignore[attr-defined]


def _itself(store: ConfigStore, memo: dict[int, Any]) -> ConfigStore:
    del memo
    return store


def config_of(name: str, plugin: type) -> type:
    """Dataclass with a typed field per constructor parameter of `plugin`, and those of the stop rule for an attack.

    Raises:
        PluginError: a parameter has no name, YAML cannot hold a default, or `default_stop` is no stop rule.
    """
    hints = get_type_hints(plugin.__init__)  # type: ignore[misc]
    own = ((key, hints.get(key, Any), default) for key, default in _defaults(plugin))
    stop = ((key, type(default), default) for key, default in stop_settings(plugin).items())
    settings: list[tuple[str, Any, Any]] = [("plugin", str, name), *own, *stop]
    config = _dataclass(plugin, settings)
    return config if _holds(config) else _dataclass(plugin, [_holdable(plugin, *setting) for setting in settings])


def _defaults(plugin: type) -> Iterator[tuple[str, Any]]:
    """Name and default of each constructor parameter."""
    factories = _factories(plugin)
    for key, parameter in inspect.signature(plugin).parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise PluginError(f"{plugin.__qualname__}: a config cannot set '{parameter}'")
        default = factories[key]() if key in factories else parameter.default
        yield key, MISSING if default is parameter.empty else default


def _complete(node: type) -> bool:
    """Whether every setting of a plugin has a default."""
    config = OmegaConf.structured(node)
    return not any(OmegaConf.is_missing(config, key) for key in config)


def _factories(plugin: type) -> dict[str, Callable[[], Any]]:
    """The default factories of a dataclass, by field."""
    declared = dataclasses.fields(plugin) if dataclasses.is_dataclass(plugin) else ()
    return {f.name: f.default_factory for f in declared if f.default_factory is not dataclasses.MISSING}


def _dataclass(plugin: type, settings: Iterable[Setting]) -> type:
    return make_dataclass(f"{plugin.__name__}Config", [(key, hint, _value(value)) for key, hint, value in settings])


def _holdable(plugin: type, key: str, hint: Any, default: Any) -> Setting:
    """A setting with the hint `Any` if OmegaConf does not support its own hint, such as Literal.

    The constructor checks the value.

    Raises:
        PluginError: OmegaConf cannot hold the default.
    """
    if not _holds(_dataclass(plugin, [(key, hint, MISSING)])):
        hint = Any
    if not _holds(_dataclass(plugin, [(key, hint, default)])):
        raise PluginError(f"{plugin.__qualname__}: a config cannot hold '{inspect.signature(plugin).parameters[key]}'")
    return key, hint, default


def _holds(config: type) -> bool:
    """Whether OmegaConf can hold all types and values of a dataclass."""
    try:
        OmegaConf.structured(config)
    except (OmegaConfBaseException, TypeError, ValueError):
        return False
    return True


def _value(value: Any) -> Any:
    """The default of a setting; names with values take further names, as in `model.kwargs={width: 16}`."""
    return field(default_factory=lambda: DictConfig(value, flags={"struct": False}) if type(value) is dict else value)
