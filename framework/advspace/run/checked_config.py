"""The check of a whole config before any work: known names, right types, finite numbers, ranges.

Hydra checks what a command changes in the settings of plugins, because their configs are made from typed constructors.
It does not check the settings of no plugin, those that `+name=value` adds, and a stored config.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from advspace.errors import AdvspaceError, PluginError
from advspace.registry.config import OFF, config_of
from advspace.registry.installed import NOUNS, RUN_KINDS, installed
from advspace.registry.registry import load
from advspace.registry.typed import check_values, mistyped, typed
from advspace.run.hydra_errors import hydra_sentence
from advspace.settings import ProbeConfig, TrainConfig, check_ranges

PROGRAMS: Mapping[str, type] = {"probe": ProbeConfig, "train": TrainConfig}


def checked(config: DictConfig, program: str = "probe") -> DictConfig:
    """The config with its references resolved, and each value of its setting's type.

    Settings that are absent stay absent: a config of an older version may lack them.

    Args:
        config: A composed `conf/<program>.yaml`, or a stored one.
        program: `probe` or `train`.

    Raises:
        AdvspaceError: a setting is unknown, has the wrong type, is not finite, out of its range, or refers to nothing.
        PluginError: a plugin is not chosen, not installed, or cannot be loaded.
    """
    own = typed("", _resolved(config), PROGRAMS[program])
    check_ranges(PROGRAMS[program], own)
    names = {item.name for item in fields(PROGRAMS[program])}
    wanted = [kind for kind in RUN_KINDS if kind in names]
    given = dict.fromkeys(wanted) | own
    groups = {key: GROUPS[key](value) for key, value in given.items() if key in GROUPS}
    return OmegaConf.create(own | groups)


def _resolved(config: DictConfig) -> dict[str, Any]:
    try:
        settings: Any = OmegaConf.to_container(config, resolve=True)
    except OmegaConfBaseException as error:
        raise AdvspaceError(hydra_sentence(error)) from error
    return {str(key): value for key, value in settings.items()}


def _plugin(kind: str, given: Any, name: str = "") -> dict[str, Any]:
    """The settings of a plugin; `name` is their whole name, if it is not the kind."""
    if given is None:
        raise PluginError(f"a run needs one {kind}; choose it ({kind}=NAME, installed: {', '.join(installed(kind))})")
    settings = _names_with_values(name or kind, given)
    plugin = settings.get("plugin")
    if not isinstance(plugin, str):
        known = f"{NOUNS.get(kind, kind)} ({', '.join(installed(kind))})"
        raise PluginError(f"{name or kind} must be the name of an installed {known}")
    return typed(name or kind, settings, config_of(plugin, load(kind, plugin)), f"{kind} '{plugin}'")


def _several(kind: str, given: Any) -> dict[str, Any]:
    nodes = _names_with_values(kind, given)
    return {name: _plugin(kind, node, f"{kind}.{name}") for name, node in nodes.items()}


def _trackers(given: Any) -> dict[str, Any]:
    """The trackers; a config of an older version has the settings of wandb without its name."""
    nodes = _names_with_values("tracking", given)
    if isinstance(nodes.get("mode"), str):
        nodes = {OFF: True} if nodes["mode"] == "disabled" else {"wandb": {"plugin": "wandb"} | nodes}
    if OFF not in nodes:
        return _several("tracking", nodes)
    if len(nodes) > 1:
        others = ", ".join(name for name in nodes if name != OFF)
        raise AdvspaceError(f"tracking=off stands alone, got {others} beside it; remove off or the others")
    return nodes


def _fixed(name: str, schema: type, given: Any) -> dict[str, Any]:
    return typed(name, _names_with_values(name, given), schema)


def _figures(given: Any) -> dict[str, Any]:
    from advspace.figures.style import FigureStyle  # imports matplotlib

    return _fixed("figures", FigureStyle, given)


def _trainer(given: Any) -> dict[str, Any]:
    settings = _names_with_values("trainer", given)
    check_values("trainer", settings)
    return settings


def _names_with_values(name: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise AdvspaceError(mistyped(name, dict, given))
    return {str(key): value for key, value in given.items()}


GROUPS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    **{kind: partial(_plugin, kind) for kind in RUN_KINDS},
    "analysis": partial(_several, "analysis"),
    "figures": _figures,
    "tracking": _trackers,
    "trainer": _trainer,
}
"""How each group of settings is checked."""
