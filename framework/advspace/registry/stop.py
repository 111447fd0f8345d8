"""The settings of the stop rule, which are part of every attack's config."""

import inspect
from typing import Any

from advspace.attack.contract import Attack
from advspace.attack.stop import Stop
from advspace.errors import PluginError


def stop_settings(plugin: type, stop: Stop | None = None) -> dict[str, Any]:
    """The settings of the stop rule in the config of a plugin: `stop`, `tolerance` and `overshoot`.

    A setting is left out if the plugin's constructor has a parameter of the same name.

    Args:
        plugin: A plugin of any kind; only attacks have a stop rule.
        stop: The rule; None for the attack's default.

    Raises:
        PluginError: the attack's `default_stop` is no stop rule.
    """
    if not issubclass(plugin, Attack):
        return {}
    rule = stop or plugin.default_stop
    if not isinstance(rule, Stop):
        raise PluginError(f"{plugin.__qualname__}: default_stop must be an advspace.Stop, got {rule!r}")
    own = inspect.signature(plugin).parameters
    return {name: value for name, value in rule.settings.items() if name not in own}
