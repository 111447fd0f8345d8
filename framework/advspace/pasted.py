"""Commands that a user can paste: quoted for Hydra and for the shell."""

import re
import shlex
from pathlib import Path

from hydra.core.override_parser.types import Quote, QuotedString

from advspace.installation import program

BARE = re.compile(r"[A-Za-z0-9_.-]*/[A-Za-z0-9_./-]*")
"""Paths that need no quotes; a name alone may look like a number or `null`."""


def command_line(*arguments: object, name: str = "probe") -> str:
    """The shell command that starts a program with these arguments.

    Args:
        *arguments: Its overrides and options, not yet quoted for the shell.
        name: `probe` or `train`.
    """
    return shlex.join([*program(name), *map(str, arguments)])


def resume_command(directory: Path, name: str = "probe") -> str:
    """The command that goes on with a run.

    >>> print(resume_command(Path("outputs/a b")))
    python probe.py 'resume="outputs/a b"'

    Args:
        directory: The run directory.
        name: `probe` or `train`.
    """
    return f"{command_line(name=name)} {override('resume', str(directory))}"


def report_command(directory: Path) -> str:
    """The command that makes the report of a run or multirun again.

    Args:
        directory: Its directory.
    """
    return f"{command_line()} {override('report', str(directory))}"


def override(name: str, value: str) -> str:
    """`name=value` as one word of a shell; Hydra and OmegaConf read exactly this value.

    Args:
        name: Name of the setting.
        value: Any text.
    """
    return shlex.quote(assignment(name, value))


def assignment(name: str, value: str) -> str:
    """`name=value` as one argument of a program; Hydra and OmegaConf read exactly this value.

    Args:
        name: Name of the setting.
        value: Any text.
    """
    if BARE.fullmatch(value):
        return f"{name}={value}"
    literal = re.sub(r"(\\*)\$\{", r"\1\1\\${", value)  # else OmegaConf would look for another setting
    return f"{name}={QuotedString(literal, Quote.double).with_quotes()}"
