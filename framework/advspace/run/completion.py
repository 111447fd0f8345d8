"""Tab completion of the command `advspace`: its words here, the settings of its programs by Hydra."""

import os
import re
import sys

from advspace.installation import config_directory
from advspace.registry.installed import KINDS, installed
from advspace.run.opening import WORKS
from advspace.run.presets import presets

PROGRAM = {"plan": "probe"}
"""The program of a command that has another name."""
FOR_ZSH = "autoload -Uz compinit bashcompinit; (( $+functions[compdef] )) || compinit; bashcompinit"
"""What zsh needs before Hydra's script, which is bash's."""


def complete(arguments: list[str], commands: list[str]) -> None:
    """Answer a shell, or print the script that makes a shell ask.

    Args:
        arguments: What follows `-sc`, such as `install=bash` or `query=bash`.  The shell gives the line that the user
            types in the environment variable COMP_LINE.
        commands: The first words that `advspace` knows.
    """
    line = os.environ.get("COMP_LINE", "")
    words = [*line.split()[1:], *([""] if line.endswith(" ") else [])]
    asked = any(each.startswith("query=") for each in arguments)
    name = PROGRAM.get(words[0], words[0]) if words else ""
    if not asked:
        _print_script(arguments)
    elif len(words) < 2:
        print("\n".join(commands))
    elif name == "plugins":
        print("\n".join(_plugins(words[1:])))
    elif name in WORKS:
        os.environ["COMP_LINE"] = re.sub(r"^\s*(\S+)\s+\S+", r"\1", line)
        ask_hydra(name, arguments)


def _print_script(arguments: list[str]) -> None:
    """Print Hydra's script for a shell; this needs no plugin, so that a shell can do it whenever it starts."""
    import hydra

    if "install=zsh" in arguments:
        print(FOR_ZSH)
    main = hydra.main(version_base="1.3", config_path=config_directory(), config_name="probe")(lambda _: None)
    sys.argv[1:] = ["-sc", *arguments]
    main()


def ask_hydra(name: str, arguments: list[str]) -> None:
    """Let Hydra answer for a program: it knows the settings, and this takes the import of all plugins."""
    from advspace.run.programs import run_program

    run_program(name, ["-sc", *arguments])


def _plugins(words: list[str]) -> list[str]:
    """What can follow in `advspace plugins`; the last word is the one to complete."""
    known = presets()
    if len(words) == 1:
        return list(known)
    if len(words) > 2 or words[0] not in known:
        return []
    return sorted([*(installed(words[0]) if words[0] in KINDS else {}), *known[words[0]]])
