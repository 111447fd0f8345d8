"""`--help` of a program: every setting of the command by kind, one line each; what it means is in the docstrings."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import MISSING, DictConfig, OmegaConf

from advspace.installation import config_directory
from advspace.registry.described import meaning
from advspace.registry.docstring import Docstring, docstring
from advspace.registry.installed import KINDS, SEVERAL
from advspace.registry.registry import load
from advspace.registry.spelling import spelt
from advspace.registry.written import written
from advspace.run.checked_config import PROGRAMS
from advspace.run.command_line import prepare
from advspace.run.help_lines import choice, setting
from advspace.run.opening import SWEEPS
from advspace.run.page import print_page
from advspace.settings import ranges

LAST = ("analysis", "figures", "trainer", "tracking")
"""Groups that change no table of probes; they come last."""
DOCUMENTED: Mapping[str, str] = {
    "figures": "advspace.figures.style:FigureStyle",  # not imported: it needs matplotlib
    "trainer": "advspace.settings:TrainerSettings",
}
"""The class whose docstring is about the settings of a group without plugins."""
Says = Callable[[str], str]
"""What is said about a setting."""
PRESET = "experiment"


def show_help(name: str, arguments: Sequence[str]) -> None:
    """Print all settings of a command, with the values that it would run with.

    Args:
        name: `probe` or `train`.
        arguments: Overrides and options of the command.

    Raises:
        HydraException: there is no such plugin, preset or setting.
    """
    prepare()
    options, overrides = _read(arguments)
    with initialize_config_dir(str(Path(options.config_path).resolve()), version_base="1.3"):
        own = [] if options.config_dir is None else [f"hydra.searchpath=[file://{Path(options.config_dir).resolve()}]"]
        config = compose(options.config_name or name, [*overrides, *own], return_hydra_config=True)
        print_page("\n".join(_lines(PROGRAMS[name], config, options.config_dir)))


def _read(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options that say where settings come from, and the overrides."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--config-dir", "-cd")
    parser.add_argument("--config-path", "-cp", default=config_directory())
    parser.add_argument("--config-name", "-cn")
    options, others = parser.parse_known_args(arguments)
    words = [word for word in others if not word.startswith("-")]
    return options, [_first(word) for word in words] if any(word in SWEEPS for word in others) else words


def _first(word: str) -> str:
    """An override with the first of its values, if it has several for a multirun."""
    parsed = OverridesParser.create().parse_override(word)
    if not parsed.is_sweep_override():
        return word
    return f"{parsed.get_key_element()}={next(iter(parsed.sweep_string_iterator()))!s}"


def _lines(schema: type, config: DictConfig, folder: str | None) -> Iterator[str]:
    chosen, known = config.hydra.runtime.choices, ranges(schema)
    groups = {str(key): node for key, node in config.items() if isinstance(node, DictConfig) and key != "hydra"}
    yield "The run, with the values of this command:"
    if PRESET in chosen:
        yield from choice(PRESET, spelt(chosen[PRESET]), "A preset of other settings", _options(PRESET, folder))
    for key in (str(each) for each in config if each not in groups and each != "hydra"):
        extent = known[key].words if key in known else ""
        yield setting(key, spelt(config[key]), meaning(schema, key), extent)
    for group in sorted(groups, key=lambda each: LAST.index(each) if each in LAST else -1):
        yield ""
        yield from _group(group, groups[group], chosen.get(group), meaning(schema, group), folder)


def _group(name: str, node: DictConfig, chosen: Any, said: str, folder: str | None) -> Iterator[str]:
    """What is chosen of a group, and each of its settings."""
    if chosen is None and name in SEVERAL:  # Hydra does not note a list
        chosen = list(node)
    if chosen is not None:
        plugin = node.get("plugin")
        sentence = docstring(load(name, plugin)).sentence if plugin else said
        yield from choice(name, spelt(chosen), sentence, _options(name, folder))
    for owner, settings, says in _owners(name, node):
        for key in (str(each) for each in settings if each != "plugin"):
            missing = OmegaConf.is_missing(settings, key)
            value = MISSING if missing else spelt(settings[key])
            yield setting(f"{owner}.{key}", value, says(key), "must be given" if missing else "")


def _owners(name: str, node: DictConfig) -> Iterator[tuple[str, DictConfig, Says]]:
    """Each plugin of a group with its settings and what is said about them; the group itself if it has no plugins."""
    if name not in KINDS:
        yield name, node, _documented(name).says
    elif "plugin" in node:
        yield name, node, partial(meaning, load(name, node.plugin))
    else:
        for key, each in ((key, each) for key, each in node.items() if isinstance(each, DictConfig)):
            yield f"{name}.{key!s}", each, partial(meaning, load(name, each.plugin))


def _documented(group: str) -> Docstring:
    """The docstring about the settings of a group; an empty one for a group that only the command has."""
    found = written(EntryPoint(group, DOCUMENTED[group], "")) if group in DOCUMENTED else None
    return found or Docstring()


def _options(group: str, folder: str | None) -> list[str]:
    """What can be chosen of a group, with the files in a folder of the user's."""
    own = [] if folder is None else [path.stem for path in (Path(folder) / group).glob("*.yaml")]
    return sorted({*GlobalHydra.instance().config_loader().get_group_options(group), *own})
