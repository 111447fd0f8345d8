"""Import plugins, and construct them with the settings of their configs."""

from collections.abc import Mapping
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
from advspace.registry.installed import KINDS as KINDS
from advspace.registry.installed import NOUNS as NOUNS
from advspace.registry.installed import RUN_KINDS as RUN_KINDS
from advspace.registry.installed import installed as installed
from advspace.registry.installed import package
from advspace.registry.installed import version as version
from advspace.registry.results import guarded_plugin
from advspace.registry.stop import stop_settings
from advspace.tracking.contract import Tracker

INTERFACES: Mapping[str, type] = dict(
    zip(KINDS, (Dataset, Model, Attack, Noise, Probe, Analysis, Tracker), strict=True)
)


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
            f"{kind} '{name}' cannot be imported ({error!r}); mend or uninstall {package(point)}"
        ) from error
    if not (isinstance(plugin, type) and issubclass(plugin, INTERFACES[kind])):
        wanted = INTERFACES[kind]
        raise PluginError(
            f"{kind} '{name}' must be a subclass of advspace.{wanted.__name__}, got {point.value}; "
            f"mend or uninstall {package(point)}"
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


def owner(kind: str, name: str) -> Owner:
    """A plugin as messages name it; without a package if it is not installed."""
    return Owner(kind, name, version(kind, name) if name in installed(kind) else "")


def name_of(kind: str, plugin: object) -> str:
    """The installed name of the class of `plugin`; the name of the class if it is not installed."""
    value = f"{type(plugin).__module__}:{type(plugin).__qualname__}"
    return next((name for name, point in installed(kind).items() if point.value == value), type(plugin).__name__)
