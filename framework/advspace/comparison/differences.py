"""Differences between the settings of several runs."""

from typing import Any

from advspace.settings import HARMLESS

IGNORED = (*HARMLESS, "resume", "report", "plan")
"""Settings that do not change the results of a run."""
Settings = dict[str, Any]


def differences(settings: list[Settings]) -> list[str]:
    """Names of the settings that differ, such as `noise` (the plugin itself), `attack.stop`, `seed`.

    The settings of a plugin are compared only among the runs that use it.
    """
    result: dict[str, dict[Any, set[str]]] = {}
    for each in settings:
        for key, value in flat(each).items():
            user = each[key.split(".")[0]].get("plugin") if "." in key else None
            result.setdefault(key, {}).setdefault(user, set()).add(repr(value))
    return [key for key, by_user in result.items() if any(len(values) > 1 for values in by_user.values())]


def called(settings: Settings, key: str) -> Any:
    """Value of a setting of one run, by such a name: a plugin's name, or a value; None if it has neither."""
    return flat(settings).get(key)


def flat(settings: Settings) -> Settings:
    """The settings that say what a run found, by their dotted names; a plugin by its kind alone."""
    result: Settings = {}
    for key, value in settings.items():
        if key in IGNORED:
            continue
        if isinstance(value, dict):
            result |= {key: value["plugin"]} if "plugin" in value else {}
            result |= {f"{key}.{name}": each for name, each in value.items() if name != "plugin"}
        else:
            result[key] = value
    return result
