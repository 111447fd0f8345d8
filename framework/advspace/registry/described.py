"""What a user has to know about an installed plugin: its text, its package, and each of its settings."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_type_hints

from omegaconf import OmegaConf

from advspace.attack.contract import Attack
from advspace.attack.stop import Stop
from advspace.registry.config import config_of
from advspace.registry.docstring import docstring
from advspace.registry.registry import load, version
from advspace.registry.spelling import spelt
from advspace.registry.typed import rule

OF_STOP = {"stop": "rule"}
"""Settings of the stop rule that have another name in `Stop`."""


@dataclass(frozen=True)
class Described:
    """A setting of a plugin.

    Args:
        name: Its name.
        form: Its type in words.
        default: Its default, as the command line spells it; None if it must be given.
        meaning: What the docstring says; empty if it says nothing.
    """

    name: str
    form: str
    default: str | None
    meaning: str


@dataclass(frozen=True)
class Description:
    """A plugin in words.

    Args:
        package: Name and version of its package.
        paragraphs: Its text; the first paragraph is the summary.
        settings: Its settings, in the order of the constructor.
        source: Paper, equation or library; empty if the docstring names none.
    """

    package: str
    paragraphs: tuple[str, ...]
    settings: tuple[Described, ...]
    source: str


def describe(kind: str, name: str) -> Description:
    """Describe a plugin by its docstring and the signature of its constructor.

    What a docstring leaves out is taken from those of its base classes.

    Args:
        kind: Kind of the plugin, such as `noise`.
        name: Name of the plugin.

    Raises:
        PluginError: there is no such plugin, or it cannot be imported or configured.
    """
    plugin = load(kind, name)
    said = [docstring(each) for each in plugin.__mro__[:-1]]
    return Description(
        package=version(kind, name),
        paragraphs=said[0].paragraphs,
        settings=tuple(_settings(name, plugin)),
        source=next((each.source for each in said if each.source), ""),
    )


def _settings(name: str, plugin: type) -> Iterator[Described]:
    node = config_of(name, plugin)
    values: Any = OmegaConf.structured(node)
    hints = get_type_hints(plugin.__init__)  # type: ignore[misc]
    for each in dataclasses.fields(node):
        if each.name != "plugin":
            missing = OmegaConf.is_missing(values, each.name)
            form = rule(hints.get(each.name, each.type))
            default = None if missing else spelt(values[each.name])
            yield Described(each.name, form, default, meaning(plugin, each.name))


def meaning(plugin: type, name: str) -> str:
    """What docstrings say about a setting: of the class, of its bases, and of the stop rule for an attack.

    Args:
        plugin: A plugin, or a dataclass of settings.
        name: Name of the setting.
    """
    stop = docstring(Stop).says(OF_STOP.get(name, name)) if issubclass(plugin, Attack) else ""
    bases = (docstring(each).says(name) for each in plugin.__mro__[:-1])
    return next(filter(None, bases), stop)
