"""Commands that a user can paste: quoted for Hydra and for the shell."""

import re
import shlex
from pathlib import Path

from hydra.core.override_parser.types import Quote, QuotedString

BARE = re.compile(r"[A-Za-z0-9_.-]*/[A-Za-z0-9_./-]*")
"""Paths that need no quotes; a name alone may look like a number or `null`."""


def resume_command(directory: Path, program: str = "probe") -> str:
    """The command that goes on with a run.

    >>> print(resume_command(Path("outputs/a b")))
    python probe.py 'resume="outputs/a b"'

    Args:
        directory: The run directory.
        program: `probe` or `train`.
    """
    return f"python {program}.py {override('resume', str(directory))}"


def override(name: str, value: str) -> str:
    """`name=value` as one word of a shell; Hydra and OmegaConf read exactly this value.

    Args:
        name: Name of the setting.
        value: Any text.
    """
    if BARE.fullmatch(value):
        return f"{name}={value}"
    literal = re.sub(r"(\\*)\$\{", r"\1\1\\${", value)  # else OmegaConf would look for another setting
    return shlex.quote(f"{name}={QuotedString(literal, Quote.double).with_quotes()}")
