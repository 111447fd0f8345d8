"""The command `advspace`: the programs from any directory."""

import sys
from collections.abc import Callable, Mapping

from advspace.run.start import begin, start

HELP = """\
advspace: explore the space around adversarial images

usage: advspace COMMAND ...

  advspace probe [name=value ...]       make adversarial images and probe around them
  advspace train [name=value ...]       train a model and keep its weights
  advspace plan [name=value ...]        try ten images: how many does a run need, and how long
  advspace report DIR [name=value ...]  analyse a run or multirun again and write its report
  advspace plugins [KIND [NAME]]        list the plugins, or describe one with all its settings

  advspace probe --help                 all settings
  advspace probe resume=DIR             go on with a run that was stopped
  advspace probe -m seed=0,1            several runs and their comparison
  advspace probe --config-dir DIR       with YAML files of yours beside those of advspace
  advspace --version                    the version

Tab completion: eval "$(advspace -sc install=bash)"
"""


def main() -> None:
    """Run the command that the first argument names; without arguments, print the help."""
    begin()
    word, *arguments = sys.argv[1:] or ["--help"]
    if word in ("--help", "-h"):
        _help()
    elif word == "--version":
        _version()
    elif word in ("-sc", "--shell-completion"):
        _complete(arguments)
    elif word in COMMANDS:
        COMMANDS[word](arguments)
    else:
        _refuse(word)


def _help() -> None:
    from advspace.run.page import print_page

    print_page(HELP.rstrip())


def _version() -> None:
    from advspace import __version__

    print(f"advspace {__version__}")


def _probe(arguments: list[str]) -> None:
    start("probe", arguments)


def _train(arguments: list[str]) -> None:
    start("train", arguments)


def _plan(arguments: list[str]) -> None:
    asked = [each for each in arguments if each.startswith("plan=")]
    start("probe", arguments if asked else ["plan=true", *arguments])


def _report(arguments: list[str]) -> None:
    from advspace.pasted import assignment

    if not arguments:
        sys.exit("error: report needs the directory of a run or multirun: advspace report DIR")
    first, *others = arguments
    named = first.startswith(("-", "report="))
    start("probe", arguments if named else [assignment("report", first), *others])


def _plugins(arguments: list[str]) -> None:
    from advspace.run.messages import report_errors
    from advspace.run.plugin_list import show_plugins

    report_errors(lambda: show_plugins(arguments))


def _complete(arguments: list[str]) -> None:
    from advspace.run.completion import complete
    from advspace.run.messages import report_errors

    report_errors(lambda: complete(arguments, list(COMMANDS)))


def _refuse(word: str) -> None:
    from advspace.checks import offer

    sys.exit(f"error: advspace has no command '{word}'; {offer(word, COMMANDS, 'it has')}")


COMMANDS: Mapping[str, Callable[[list[str]], None]] = {
    "probe": _probe,
    "train": _train,
    "plan": _plan,
    "report": _report,
    "plugins": _plugins,
}

if __name__ == "__main__":
    main()
