"""Settings as lines of a terminal: name, value, and as much of the meaning as there is room for."""

import re
from collections.abc import Iterable, Iterator
from textwrap import fill, shorten

from advspace.run.opening import WIDTH

COLUMN = 33
"""Width of a setting with its value, before its meaning."""
LONGEST = 45
"""Most characters of a setting with its value."""
MORE = " ..."
END = re.compile(r"[.;:](?= )|,(?= )| \(")
"""Where a sentence can end early."""
LEAST = 0.5
"""Share of the line that an early end has to fill."""


def setting(name: str, value: str, meaning: str, extent: str = "") -> str:
    """A setting in one line.

    Args:
        name: Its whole name.
        value: Its value, as the command line spells it.
        meaning: What its docstring says.
        extent: Its range in words.
    """
    start = _start(f"  {name}={value}")
    known = f" ({extent})" if extent else ""
    return (start + brief(meaning, WIDTH - len(start) - len(known)) + known).rstrip()


def choice(kind: str, name: str, meaning: str, others: Iterable[str]) -> Iterator[str]:
    """What is chosen of a kind, and what else there is.

    Args:
        kind: Name of the group.
        name: What is chosen.
        meaning: What it is, in a sentence.
        others: All names of the group.
    """
    start = _start(f"{kind}={name}")
    yield (start + brief(meaning, WIDTH - len(start))).rstrip()
    rest = ", ".join(each for each in others if each != name)
    if rest:
        yield fill(f"also: {rest}", WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _start(words: str) -> str:
    """The beginning of a line, up to where the meaning begins."""
    cut = words if len(words) <= LONGEST else words[: LONGEST - len(MORE)] + MORE
    return f"{cut:<{COLUMN - 2}}  "


def brief(text: str, width: int) -> str:
    """The first sentence of a text, or as much of it as fits.

    >>> brief("Images attacked at once; does not change the results.", 30)
    'Images attacked at once ...'
    >>> brief("Probes of a cell.  More of them cost time.", 30)
    'Probes of a cell'

    Args:
        text: Any text.
        width: Most characters.
    """
    first = re.split(r"(?<=[.])\s", text, maxsplit=1)[0].rstrip(".")
    if len(first) <= width:
        return first
    ends = [each.start() for each in END.finditer(first) if LEAST * width <= each.start() <= width - len(MORE)]
    return first[: ends[-1]] + MORE if ends else shorten(first, width, placeholder=MORE)
