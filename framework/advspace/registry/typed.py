"""Settings against the types of a dataclass: each problem is one sentence that names the setting."""

import json
from collections.abc import Collection, Mapping
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from omegaconf import MISSING, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from advspace.checks import offer
from advspace.errors import AdvspaceError

NAMES: Mapping[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a text",
    NoneType: "null",
    Any: "any value",
}
LONGEST = 80
"""Most characters of a value in a message."""


def typed(name: str, given: Mapping[str, Any], schema: type, owner: str = "") -> dict[str, Any]:
    """The given settings with the types of a dataclass, in the given order.

    Args:
        name: Name of the group, such as `tracking`; empty for settings at the top level.
        given: Settings by name, without interpolations; those that are absent stay absent.
        schema: A dataclass that OmegaConf can hold.
        owner: What has these settings, such as `noise 'gaussian'`; empty for the group.

    Raises:
        AdvspaceError: a setting is unknown, has the wrong type, is not finite, or is no valid text.
    """
    node, hints = OmegaConf.structured(schema), get_type_hints(schema)
    OmegaConf.set_readonly(node, False)  # OmegaConf makes the config of a frozen dataclass read-only
    for key, value in given.items():
        whole = f"{name}.{key}" if name else str(key)
        if key not in hints:
            raise AdvspaceError(unknown(whole, hints, owner))
        if value == MISSING and not owner:  # a plugin's own message says the same
            raise AdvspaceError(f"{whole} must be given ({whole}=...)")
        check_values(whole, value)
        try:
            node[key] = value
        except (OmegaConfBaseException, TypeError, ValueError) as error:
            raise AdvspaceError(mistyped(whole, hints[key], value)) from error
    plain: Any = OmegaConf.to_container(node)
    return {str(key): plain[key] for key in given}


def check_values(name: str, value: Any) -> None:
    """Check that all numbers of a setting are finite, and that all its texts can be stored.

    Infinity is refused, because no table or summary can hold what is computed from it.

    Raises:
        AdvspaceError: a number is NaN or infinite, or a text holds bytes that are no UTF-8, or a zero byte.
    """
    if isinstance(value, float) and not isfinite(value):
        raise AdvspaceError(f"{name} must be finite, got {value}")
    if isinstance(value, str) and not _storable(value):
        raise AdvspaceError(f"{name} must be a text in UTF-8 without a zero byte, got {value!a}")
    if isinstance(value, Mapping):
        for key, each in value.items():
            check_values(f"{name}.{key}", each)
    elif isinstance(value, list | tuple):
        for each in value:
            check_values(name, each)


def _storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def unknown(name: str, known: Collection[str], owner: str = "") -> str:
    """The message for an unknown setting, with similar names.

    Args:
        name: Whole name of the setting, such as `noise.men`.
        known: Names of the settings beside it.
        owner: What has these settings, such as `noise 'gaussian'`; empty for its group.
    """
    group, _, own = name.rpartition(".")
    names = [each for each in map(str, known) if each not in ("plugin", "hydra")]
    if group:
        return f"{owner or group} has no setting '{own}'; {offer(own, names, 'it has')}"
    return f"there is no setting '{own}'; {offer(own, names, 'there are')}"


def mistyped(name: str, hint: Any, value: Any) -> str:
    """The message for a value of the wrong type.

    Args:
        name: Whole name of the setting.
        hint: Type of the setting.
        value: The value.
    """
    return f"{name} must be {rule(hint)}, got {shown(value)}"


def rule(hint: Any) -> str:
    """A type in words.

    >>> rule(tuple[float, ...]), rule(int | None)
    ('a list (each: a number)', 'a whole number or null')
    """
    origin, arguments = get_origin(hint), [each for each in get_args(hint) if each is not ...]
    if origin in (Union, UnionType):
        return " or ".join(rule(each) for each in arguments)
    if origin in (list, tuple) or hint in (list, tuple):
        return f"a list (each: {rule(arguments[0])})" if arguments else "a list"
    if origin is Literal:
        return f"one of {', '.join(map(repr, arguments))}"
    if origin is dict or hint is dict:
        return "names with values ({name: value})"
    return NAMES.get(hint, getattr(hint, "__name__", str(hint)))


def shown(value: Any) -> str:
    """A value as the command line spells it, cut if it is long."""
    if OmegaConf.is_config(value):
        value = OmegaConf.to_container(value)
    text = json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
