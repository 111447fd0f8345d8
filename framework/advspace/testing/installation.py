"""Clauses for the entry point of a plugin, and for its constructor as a config."""

from typing import Any

from omegaconf import OmegaConf

from advspace.errors import PluginError
from advspace.registry.config import config_of
from advspace.registry.registry import build, installed, load
from advspace.testing.clauses import Subject


def check_settings(subject: Subject, *, named: bool) -> None:
    """Check that the constructor gives a config, and that the config builds the plugin.

    Args:
        subject: The plugin.
        named: Whether it must have an entry point.

    Raises:
        ContractError: the constructor gives no config, the class has no entry point, or its default settings are not
            allowed.
    """
    plugin = type(subject.plugin)
    try:
        config: Any = OmegaConf.structured(config_of("plugin", plugin))
    except PluginError as error:
        raise subject.broken(f"have a constructor that makes a config: {error}") from error
    if named:
        config.plugin = _name(subject, plugin)
        if not OmegaConf.missing_keys(config):
            subject.asked("be built from its own defaults", lambda: build(subject.kind, config))


def _name(subject: Subject, plugin: type) -> str:
    """Name of the entry point of a class."""
    package = plugin.__module__.partition(".")[0]
    near = [name for name, point in installed(subject.kind).items() if point.module.partition(".")[0] == package]
    result = [name for name in near if _loaded(subject, name) is plugin]
    subject.must(
        f'be named under [project.entry-points."advspace.{subject.kind}"] of its pyproject.toml, and the package '
        "installed again after a change there (or call the check with installed=False)",
        result,
    )
    return result[0]


def _loaded(subject: Subject, name: str) -> type | None:
    try:
        return load(subject.kind, name)
    except PluginError:  # another plugin of the package
        return None
