"""Where the settings are and how a user starts the programs: in a checkout, or installed from a package."""

import os
import sys

PACKAGE = os.path.dirname(os.path.abspath(__file__))


def config_directory() -> str:
    """The folder with the settings of the programs: the one in the package, else the one in the checkout."""
    packaged = os.path.join(PACKAGE, "conf")
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "conf")


def program(name: str = "probe") -> list[str]:
    """The words that start a program, in the form in which the user started this one.

    A notebook or another program gives no form.  Then it is `python probe.py` in a checkout, else `advspace probe`.

    Args:
        name: `probe` or `train`.
    """
    words = _first_words()
    if words[0] == "python" and words[-1].endswith(".py"):
        return ["python", f"{name}.py"]
    return [*words, name]


def typed() -> list[str]:
    """The words of the command that the user typed, in a form that the user can type again."""
    return [*_first_words(), *sys.argv[1:]]


def completing() -> bool:
    """Whether a shell asks what can follow: nobody reads a message then."""
    return not {"-sc", "--shell-completion"}.isdisjoint(sys.argv[1:])


def _first_words() -> list[str]:
    """The words before the first argument."""
    folder, file = os.path.split(sys.argv[0])
    if file == "__main__.py" and os.path.basename(folder) == "advspace":
        return ["python", "-m", "advspace"]
    if os.path.splitext(file)[0] == "advspace":
        return ["advspace"]
    if file in ("probe.py", "train.py"):
        return ["python", file]
    return ["advspace"] if os.path.isdir(os.path.join(PACKAGE, "conf")) else ["python", "probe.py"]
