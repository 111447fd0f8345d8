"""`advspace plugins`: the installed plugins and the presets as text."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from advspace.checks import offer
from advspace.errors import AdvspaceError
from advspace.pasted import command_line
from advspace.registry.docstring import Docstring, docstring
from advspace.registry.installed import KINDS, NOUNS, SEVERAL, installed, version
from advspace.registry.spelling import spelt
from advspace.registry.written import written
from advspace.run.help_lines import brief
from advspace.run.opening import WIDTH
from advspace.run.page import print_page
from advspace.run.presets import Preset, presets, read_preset

if TYPE_CHECKING:
    from advspace.registry.described import Described, Description


PRESET = "preset"
"""Stands for a package beside a preset."""
LAUNCHERS = "hydra/"
"""Beginning of the kinds that only a multirun uses."""


def show_plugins(words: list[str]) -> None:
    """Print all plugins and presets, those of one kind, or the description of one.

    Args:
        words: Nothing, a kind, or a kind and a name.

    Raises:
        AdvspaceError: there is no such kind, plugin or preset, there are more than two words, or two packages have a
            plugin of the same name.
    """
    if len(words) > 2:
        raise AdvspaceError(f"plugins takes a kind and a name; remove {' '.join(words[2:])}")
    known = presets()
    if words and words[0] not in known:
        raise AdvspaceError(f"no kind of plugins is called '{words[0]}'; {offer(words[0], known, 'kinds:')}")
    lines = _one(words[0], words[1], known) if len(words) == 2 else _kinds(words or list(known), known)
    print_page("\n".join(lines))


def _kinds(kinds: list[str], known: Mapping[str, Mapping[str, Path]]) -> Iterator[str]:
    """Each kind with one line for each plugin and each preset."""
    packages = {kind: _packages(kind) | dict.fromkeys(known[kind], PRESET) for kind in kinds}
    for kind in kinds:
        width = max(map(len, packages[kind]), default=0)
        origin = max(map(len, packages[kind].values()), default=0)
        yield f"{kind} ({_choice(kind, 'NAME')})"
        for name, package in packages[kind].items():
            start = f"  {name:<{width}}  {package:<{origin}}  "
            is_preset = package == PRESET
            said = read_preset(kind, known[kind][name]).sentence if is_preset else _sentence(kind, name)
            yield start + brief(said, WIDTH - len(start))
        yield ""
    yield f"one of them with all its settings: {_describes(kinds[0], next(iter(packages[kinds[0]]), 'NAME'))}"


def _packages(kind: str) -> dict[str, str]:
    """The package of each plugin of a kind; nothing for a kind that has presets only."""
    return {name: version(kind, name).partition(" ")[0] for name in installed(kind)} if kind in KINDS else {}


def _sentence(kind: str, name: str) -> str:
    """The first sentence about a plugin, or why it cannot be imported."""
    try:
        said = written(installed(kind)[name]) or _imported(kind, name)
        return said.sentence or "(its class has no docstring)"
    except AdvspaceError as error:
        return f"broken: {error}"


def _imported(kind: str, name: str) -> Docstring:
    from advspace.registry.registry import load  # imports torch

    return docstring(load(kind, name))


def _choice(kind: str, name: str) -> str:
    several = f"{kind}=[{name}]" if kind in SEVERAL else f"{kind}={name}"
    return f"-m {several}" if kind.startswith(LAUNCHERS) else several


def _describes(kind: str, name: str) -> str:
    return f"advspace plugins {kind} {name}"


def _one(kind: str, name: str, known: Mapping[str, Mapping[str, Path]]) -> Iterator[str]:
    """The description of a plugin or a preset."""
    own = known[kind]
    plugins = installed(kind) if kind in KINDS else {}
    if name not in (*plugins, *own):
        names = sorted([*plugins, *own])
        raise AdvspaceError(f"no {NOUNS.get(kind, kind)} is called '{name}'; {offer(name, names, 'installed:')}")
    return _plugin(kind, name) if name in plugins else _preset(read_preset(kind, own[name]))


def _plugin(kind: str, name: str) -> Iterator[str]:
    """The description of one plugin."""
    from advspace.registry.described import describe  # imports torch

    description = describe(kind, name)
    prefix = f"{kind}.{name}" if kind in SEVERAL else kind
    yield f"{kind} {name} ({description.package})"
    yield from _text(description.paragraphs)
    if description.settings:
        yield ""
        yield "Settings:"
    for setting in description.settings:
        yield from _setting(prefix, setting)
    if description.source:
        yield ""
        yield fill(f"Source: {description.source}", WIDTH)
    yield ""
    yield f"Use it: {_command(kind, name, prefix, description)}"


def _preset(preset: Preset) -> Iterator[str]:
    """The description of one preset: what it is built on, and what it sets."""
    yield f"{preset.kind} {preset.name} (preset, {preset.path})"
    yield from _text(preset.paragraphs)
    yield ""
    if preset.base:
        more = f"; its other settings: {_describes(preset.kind, preset.base)}" if preset.kind in KINDS else ""
        yield f"Built on: {preset.base}{more}"
        yield ""
    yield "Sets:"
    for name, value in preset.sets.items():
        yield fill(f"  {name}={spelt(value)}", WIDTH, subsequent_indent="      ")
    yield ""
    yield f"Use it: {preset.command or command_line(_choice(preset.kind, preset.name))}"


def _text(paragraphs: tuple[str, ...]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield ""
        yield fill(paragraph, WIDTH)


def _setting(prefix: str, setting: "Described") -> Iterator[str]:
    """The name, type and default of a setting in a line, and below it what it means."""
    default = "must be given" if setting.default is None else f"default {setting.default}"
    yield fill(f"  {prefix}.{setting.name}: {setting.form}; {default}", WIDTH, subsequent_indent="      ")
    if setting.meaning:
        yield fill(setting.meaning, WIDTH, initial_indent="      ", subsequent_indent="      ")


def _command(kind: str, name: str, prefix: str, description: "Description") -> str:
    """A command that runs with the plugin; `...` stands for what must be given."""
    needed = [f"{prefix}.{each.name}=..." for each in description.settings if each.default is None]
    return command_line(_choice(kind, name), *needed)
