"""What differs between the settings of several runs."""

from typing import Any

from advspace.settings import HARMLESS

IGNORED = (*HARMLESS, "resume", "report")
"""Settings that say nothing about what a run found."""
Settings = dict[str, Any]


def differences(settings: list[Settings]) -> list[str]:
    """Names of the settings that differ, such as `noise` (the plugin itself), `attack.stop`, `seed`.

    Settings of a plugin are compared among the runs that use it: that another plugin lacks them is no difference.
    """
    result: dict[str, dict[Any, set[str]]] = {}
    for each in settings:
        for key, value in flat(each).items():
            user = each[key.split(".")[0]].get("plugin") if "." in key else None
            result.setdefault(key, {}).setdefault(user, set()).add(repr(value))
    return [key for key, by_user in result.items() if any(len(values) > 1 for values in by_user.values())]


def called(settings: Settings, key: str) -> Any:
    """What one run has under such a name: a plugin's name, or a value; None where it has neither."""
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
