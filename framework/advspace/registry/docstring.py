"""The parts of a class's docstring in Google's form: its text, its `Args` and its `Source`."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

HEADING = re.compile(r"(Args|Attributes|Raises|Returns|Source|Yields):[ \t]*\n?(.*)", re.DOTALL)
ENTRY = re.compile(r"\*{0,2}(\w+)(?: \([^)]*\))?:\s*(.*)")
"""First line about one argument."""
NONE = re.compile(r"\bNone\b")
SENTENCE = re.compile(r"(?<=[.!?])\s")


@dataclass(frozen=True)
class Docstring:
    """A docstring in parts, without line breaks inside a part.

    Args:
        paragraphs: The paragraphs before the first section.
        arguments: What the section `Args` says about each argument.
        source: What the section `Source` says; empty if there is none.
    """

    paragraphs: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    def says(self, argument: str) -> str:
        """What it says about an argument, with `null` for Python's None as on the command line; may be empty."""
        return NONE.sub("null", self.arguments.get(argument, ""))

    @property
    def sentence(self) -> str:
        """The first sentence; empty if there is none."""
        return SENTENCE.split(self.paragraphs[0], 1)[0] if self.paragraphs else ""


def docstring(owner: type) -> Docstring:
    """The docstring of a class itself, not one that it inherits.

    >>> from advspace.attack.stop import Stop
    >>> docstring(Stop).sentence, list(docstring(Stop).arguments)
    ('The stop rule of an attack.', ['rule', 'tolerance', 'overshoot'])

    Args:
        owner: Any class.
    """
    return parsed(vars(owner).get("__doc__") or "")


def parsed(text: str) -> Docstring:
    """The parts of a docstring.

    Args:
        text: The docstring, with any indentation.
    """
    text = inspect.cleandoc(text)
    blocks = re.split(r"\n\s*\n", text) if text else []
    headings = [HEADING.match(block) for block in blocks]
    first = next((number for number, heading in enumerate(headings) if heading), len(blocks))
    parts = {heading[1]: heading[2] for heading in headings if heading}
    return Docstring(
        paragraphs=tuple(_one_line(block) for block in blocks[:first]),
        arguments=dict(_arguments(parts.get("Args", ""))),
        source=_one_line(parts.get("Source", "")),
    )


def _arguments(text: str) -> Iterator[tuple[str, str]]:
    """Each argument with what is said about it, on its first line and on the lines that are indented more."""
    name, lines = "", list[str]()
    for line in inspect.cleandoc("\n" + text).splitlines():
        if begins := ENTRY.fullmatch(line):
            if name:
                yield name, _one_line(" ".join(lines))
            name, lines = begins[1], [begins[2]]
        else:
            lines.append(line)
    if name:
        yield name, _one_line(" ".join(lines))


def _one_line(text: str) -> str:
    return " ".join(text.split())
