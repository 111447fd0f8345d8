"""The first words of a program: what it is about to do, said before anything slow is imported."""

import shlex
import sys
from textwrap import shorten

from advspace.installation import program
from advspace.lightning import first_process

WIDTH = 100
"""Most columns of a line."""
SILENT = ("--help", "-h", "--hydra-help", "--version", "--cfg", "-c", "--info", "-i", "--shell-completion", "-sc")
"""Options that print something instead of doing the work."""
SWEEPS = ("--multirun", "-m")
WORKS: dict[str, str] = {"probe": "attack and probe", "train": "train a model"}
"""What each program does."""


def announce(name: str, arguments: list[str]) -> None:
    """Print what a program is about to do on the error stream, unless it will only print something.

    Args:
        name: `probe` or `train`.
        arguments: Its overrides and options.
    """
    if first_process() and not any(word.partition("=")[0] in SILENT for word in arguments):
        print(opening(name, arguments), file=sys.stderr, flush=True)


def opening(name: str, arguments: list[str]) -> str:
    """What a program is about to do, in one line.

    >>> opening("probe", ["-m", "noise=gaussian,uniform"])
    'attack and probe, several runs: noise=gaussian,uniform; loading the libraries ...'

    Args:
        name: `probe` or `train`.
        arguments: Its overrides and options.
    """
    rest = "; loading the libraries ..."
    return shorten(_work(name, arguments), WIDTH - len(rest), placeholder=" ...") + rest


def _work(name: str, arguments: list[str]) -> str:
    named = dict(word.partition("=")[::2] for word in arguments)
    if "resume" in named:
        return f"{WORKS[name]}: go on in {named['resume']}"
    if "report" in named:
        return f"analyse {named['report']} again and write its report"
    work = "a pilot for the number of images" if named.get("plan", "false") != "false" else WORKS[name]
    several = ", several runs" if any(word in SWEEPS for word in arguments) else ""
    given = shlex.join(word for word in arguments if word not in SWEEPS)
    if given:
        return f"{work}{several}: {given}"
    return f"{work} with the default settings ({shlex.join(program(name))} --help)"
