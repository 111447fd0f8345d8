"""A Hydra config for each plugin, from the signature of its constructor."""

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import field, make_dataclass
from typing import Any, get_type_hints

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from advspace.errors import PluginError, warn
from advspace.registry.registry import KINDS, installed, load


def add_configs() -> None:
    """Make every installed plugin selectable on the command line as ``<kind>=<name>``.

    A plugin that cannot be loaded stays selectable, so that whoever selects it is told why; others only see a warning.

    Raises:
        PluginError: two packages claim the same name.
    """
    store = ConfigStore.instance()
    for kind in KINDS:
        for name in installed(kind):
            try:
                node = config_of(name, load(kind, name))
            except PluginError as error:  # one broken package must not stop the others
                warn(f"{error}; it is left out")
                node = make_dataclass("Broken", [("plugin", str, name)])
            store.store(group=kind, name=name, node=node)


def config_of(name: str, plugin: type) -> type:
    """Dataclass with a typed field per constructor parameter of `plugin`.

    Raises:
        PluginError: a parameter has no name, or a default that YAML cannot hold.
    """
    hints = get_type_hints(plugin.__init__)  # type: ignore[misc]
    factories = _factories(plugin)
    fields: list[Any] = [("plugin", str, name)]
    for key, parameter in inspect.signature(plugin).parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise PluginError(f"{plugin.__qualname__}: a config cannot set '{parameter}'")
        default = factories[key]() if key in factories else parameter.default
        default = MISSING if default is parameter.empty else default
        hint = hints.get(key, Any)
        if not _holds(hint, MISSING):  # such as Literal: let the constructor check it
            hint = Any
        if not _holds(hint, default):
            raise PluginError(f"{plugin.__qualname__}: a config cannot hold '{parameter}'")
        fields.append((key, hint, _value(default)))
    return make_dataclass(f"{plugin.__name__}Config", fields)


def _factories(plugin: type) -> dict[str, Callable[[], Any]]:
    """What makes the defaults that a dataclass does not share, such as dicts."""
    declared = dataclasses.fields(plugin) if dataclasses.is_dataclass(plugin) else ()
    return {f.name: f.default_factory for f in declared if f.default_factory is not dataclasses.MISSING}


def _holds(hint: Any, value: Any) -> bool:
    try:
        OmegaConf.structured(make_dataclass("Trial", [("value", hint, _value(value))]))
    except (OmegaConfBaseException, TypeError, ValueError):
        return False
    return True


def _value(value: Any) -> Any:
    return field(default_factory=lambda: value)
