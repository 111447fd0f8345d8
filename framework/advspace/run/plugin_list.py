"""`advspace plugins`: the installed plugins as text."""

from collections.abc import Iterator
from textwrap import fill, shorten

from advspace.checks import offer
from advspace.errors import AdvspaceError
from advspace.pasted import command_line
from advspace.registry.described import Described, Description, describe
from advspace.registry.docstring import docstring
from advspace.registry.registry import KINDS, SEVERAL, installed, load, version

WIDTH = 100
"""Most columns of a line."""


def show_plugins(words: list[str]) -> None:
    """Print all plugins, those of one kind, or the description of one.

    Args:
        words: Nothing, a kind, or a kind and a name.

    Raises:
        AdvspaceError: there is no such kind or plugin, there are more than two words, or two packages have a plugin of
            the same name.
    """
    if len(words) > 2:
        raise AdvspaceError(f"plugins takes a kind and a name; remove {' '.join(words[2:])}")
    if words and words[0] not in KINDS:
        raise AdvspaceError(f"no kind of plugins is called '{words[0]}'; {offer(words[0], KINDS, 'kinds:')}")
    lines = _one(*words) if len(words) == 2 else _kinds(words or list(KINDS))
    print("\n".join(lines))


def _kinds(kinds: list[str]) -> Iterator[str]:
    """Each kind with one line for each plugin."""
    packages = {kind: {name: version(kind, name).partition(" ")[0] for name in installed(kind)} for kind in kinds}
    width = max((len(name) for names in packages.values() for name in names), default=0)
    origin = max((len(each) for names in packages.values() for each in names.values()), default=0)
    for kind in kinds:
        yield f"{kind} ({_choice(kind, 'NAME')})"
        for name, package in packages[kind].items():
            start = f"  {name:<{width}}  {package:<{origin}}  "
            yield start + shorten(_sentence(kind, name), WIDTH - len(start), placeholder=" ...")
        yield ""
    yield f"one of them with all its settings: {_describes(kinds[0], next(iter(packages[kinds[0]]), 'NAME'))}"


def _sentence(kind: str, name: str) -> str:
    """The first sentence about a plugin, or why it cannot be imported."""
    try:
        return docstring(load(kind, name)).sentence or "(its class has no docstring)"
    except AdvspaceError as error:
        return f"broken: {error}"


def _choice(kind: str, name: str) -> str:
    return f"{kind}=[{name}]" if kind in SEVERAL else f"{kind}={name}"


def _describes(kind: str, name: str) -> str:
    return f"advspace plugins {kind} {name}"


def _one(kind: str, name: str) -> Iterator[str]:
    """The description of one plugin."""
    description = describe(kind, name)
    prefix = f"{kind}.{name}" if kind in SEVERAL else kind
    yield f"{kind} {name} ({description.package})"
    for paragraph in description.paragraphs:
        yield ""
        yield fill(paragraph, WIDTH)
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


def _setting(prefix: str, setting: Described) -> Iterator[str]:
    """The name, type and default of a setting in a line, and below it what it means."""
    default = "must be given" if setting.default is None else f"default {setting.default}"
    yield fill(f"  {prefix}.{setting.name}: {setting.form}; {default}", WIDTH, subsequent_indent="      ")
    if setting.meaning:
        yield fill(setting.meaning, WIDTH, initial_indent="      ", subsequent_indent="      ")


def _command(kind: str, name: str, prefix: str, description: Description) -> str:
    """A command that runs with the plugin; `...` stands for what must be given."""
    needed = [f"{prefix}.{each.name}=..." for each in description.settings if each.default is None]
    return command_line(_choice(kind, name), *needed)
