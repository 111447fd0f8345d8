"""Results as a few lines of text, for Python's prompt and for notebooks."""

from collections.abc import Iterable, Mapping
from textwrap import wrap

WIDTH = 100
"""Most letters in a line."""
MOST = 6
"""Most rows that are shown."""


def block(title: str, sentence: str, rows: Mapping[str, object], held: Iterable[str]) -> str:
    """A title, a sentence in lines that fit, rows in two columns, and what else there is.

    Args:
        title: First line; may be empty.
        sentence: Any length; may be empty.
        rows: Name and value; the first ones are shown, the others are counted.
        held: What else the object has, each in a line of its own.
    """
    shown = dict(list(rows.items())[:MOST])
    width = max(map(len, shown), default=0)
    lines = [title, *wrap(sentence, WIDTH), *(f"  {name.ljust(width)}  {value}" for name, value in shown.items())]
    lines += [f"  and {len(rows) - MOST} more"] if len(rows) > MOST else []
    lines += [line for each in held for line in wrap(each, WIDTH, subsequent_indent="  ")]
    return "\n".join(line for line in lines if line)
