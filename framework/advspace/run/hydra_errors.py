"""Errors of Hydra and OmegaConf about a command, in one sentence."""

from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig
from omegaconf.errors import ConfigAttributeError, ConfigKeyError, OmegaConfBaseException

from advspace.checks import offer
from advspace.registry.registry import KINDS

SEARCH_PATH = "Config search path:"
"""Beginning of the last part of Hydra's message, the list of its folders."""
DETAILS = ("full_key:", "object_type=", "See http")
"""Beginnings of lines that are not useful to the user."""


def hydra_sentence(error: HydraException | OmegaConfBaseException) -> str:
    """The message for an unknown plugin, preset or setting, or for a wrong value.

    Args:
        error: The error of Hydra or OmegaConf.
    """
    cause = error.__cause__
    if isinstance(error, MissingConfigException) and "/" in (error.missing_cfg_file or ""):
        return _unknown_choice(error)
    if isinstance(cause, ConfigAttributeError | ConfigKeyError) and isinstance(cause.parent_node, DictConfig):
        return _unknown_setting(str(cause.full_key), cause.parent_node)
    return ": ".join(_one_line(each) for each in (error, cause) if each is not None)


def _unknown_choice(error: MissingConfigException) -> str:
    """The message for an unknown plugin or preset; in a list (`analysis=[shares]`) Hydra gives no options."""
    group, _, name = str(error.missing_cfg_file).rpartition("/")
    options = error.options or [option.removesuffix(".yaml") for option in _stored(group)]
    listed = "installed:" if group in KINDS else "there are"
    return f"no {group} is called '{name}'" + (f"; {offer(name, options, listed)}" if options else "")


def _stored(group: str) -> list[str]:
    try:
        return ConfigStore.instance().list(group)
    except OSError:  # the group consists of files
        return []


def _unknown_setting(key: str, known: DictConfig) -> str:
    """The message for an unknown setting, with similar names."""
    group, _, name = key.rpartition(".")
    names = [str(each) for each in known if each not in ("plugin", "hydra")]
    if plugin := known.get("plugin"):
        return f"{group.partition('.')[0]} '{plugin}' has no setting '{name}'; {offer(name, names, 'it has')}"
    if not group:
        return f"there is no setting '{name}'; {offer(name, names, 'there are')}"
    return f"{group} has no '{name}'; {offer(name, names, 'it has')}; +{key}=... adds it"


def _one_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).partition(SEARCH_PATH)[0].splitlines()]
    return "; ".join(line for line in lines if line and not line.startswith(DETAILS)).replace(":;", ":")
