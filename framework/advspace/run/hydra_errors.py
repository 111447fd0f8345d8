"""Errors of Hydra and OmegaConf about a command, in one sentence."""

import traceback
from dataclasses import is_dataclass
from typing import get_type_hints

from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig
from omegaconf.errors import (
    ConfigAttributeError,
    ConfigKeyError,
    InterpolationResolutionError,
    OmegaConfBaseException,
    ValidationError,
)

from advspace.checks import offer
from advspace.errors import one_line
from advspace.registry.installed import KINDS, NOUNS, SEVERAL
from advspace.registry.typed import mistyped, unknown

SEARCH_PATH = "Config search path:"
"""Beginning of the last part of Hydra's message, the list of its folders."""
DETAILS = ("full_key:", "object_type=", "reference_type=", "See http", "Error parsing override", "^")
"""Beginnings of lines that are not useful to the user."""
OPEN = ("trainer",)
"""Groups to which a command can add settings."""
SPELLING = """write name=value, and a value with special characters as 'name="value"'"""


def hydra_sentence(error: HydraException | OmegaConfBaseException) -> str:
    """The message for an unknown plugin, preset or setting, or for a wrong value.

    Args:
        error: The error of Hydra or OmegaConf.
    """
    cause = error.__cause__
    if isinstance(error, OverrideParseException):
        return f"Hydra cannot read '{error.override}' ({_useful(error)}); {SPELLING}"
    if isinstance(error, InterpolationResolutionError):
        return f"{error.full_key} cannot be resolved ({_useful(error)}); give its value"
    if isinstance(error, MissingConfigException) and "/" in (error.missing_cfg_file or ""):
        return _unknown_choice(error)
    told = _refused(cause) if isinstance(cause, OmegaConfBaseException) else ""
    return told or ": ".join(_useful(each) for each in (error, cause) if each is not None)


def misread(error: Exception) -> str:
    """The message for an error of another kind within Hydra, about values that it does not foresee; else empty.

    Args:
        error: Any error of a program.
    """
    path = _file_read(error)
    if path:
        return f"{path} cannot be read ({one_line(error)}); a file of settings must be YAML in UTF-8"
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    module = step.tb_frame.f_globals.get("__name__", "") if step else ""
    if module.partition(".")[0] not in ("hydra", "omegaconf"):
        return ""
    return f"Hydra cannot compose the command ({one_line(error)}); choose plugins by name (noise=NAME), and {SPELLING}"


def _file_read(error: Exception) -> str:
    """The file that Hydra was reading when the error came; empty if it read none."""
    steps = traceback.walk_tb(error.__traceback__)
    frames = [frame for frame, _ in steps if frame.f_globals.get("__name__", "").endswith(".file_config_source")]
    return str(frames[-1].f_locals.get("full_path", "")) if frames else ""


def _refused(error: OmegaConfBaseException) -> str:
    """The message for a setting or a value that a composed config refuses; empty if OmegaConf does not say which."""
    parent, name = error.parent_node, str(error.full_key or "")
    if not isinstance(parent, DictConfig) or not name:
        return ""
    if isinstance(error, ConfigAttributeError | ConfigKeyError):
        return _unknown_setting(name, parent)
    schema = parent._metadata.object_type
    if isinstance(error, ValidationError) and is_dataclass(schema):
        return mistyped(name, get_type_hints(schema).get(str(error.key)), error.value)
    return ""


def _unknown_choice(error: MissingConfigException) -> str:
    """The message for an unknown plugin or preset; in a list (`analysis=[shares]`) Hydra gives no options."""
    group, _, name = str(error.missing_cfg_file).rpartition("/")
    options = error.options or [option.removesuffix(".yaml") for option in _stored(group)]
    listed = "installed:" if group in KINDS else "there are"
    return f"no {NOUNS.get(group, group)} is called '{name}'" + (f"; {offer(name, options, listed)}" if options else "")


def _stored(group: str) -> list[str]:
    try:
        return ConfigStore.instance().list(group)
    except OSError:  # the group consists of files
        return []


def _unknown_setting(name: str, known: DictConfig) -> str:
    """The message for an unknown setting, with similar names."""
    group, plugin = name.rpartition(".")[0], known.get("plugin")
    owner = f"{group.partition('.')[0]} '{plugin}'" if plugin else ""
    added = f"; +{name}=... adds it" if group in OPEN else ""
    return unknown(name, [str(each) for each in known], owner) + added + _within(group, name, known)


def _within(group: str, name: str, known: DictConfig) -> str:
    """What to write for a setting of an analysis or a tracker that is given without its name; else empty."""
    own = name.rpartition(".")[2]
    owners = [str(key) for key in known if isinstance(known[key], DictConfig) and own in known[key]]
    return f"; write {group}.{owners[0]}.{own}=..." if group in SEVERAL and owners else ""


def _useful(error: BaseException) -> str:
    """A message without Hydra's and OmegaConf's details."""
    lines = [line.strip() for line in str(error).partition(SEARCH_PATH)[0].splitlines()]
    return "; ".join(line for line in lines if line and not line.startswith(DETAILS)).replace(":;", ":")
