"""What is read from docstrings in Google's form."""

from advspace.registry.docstring import Docstring, docstring


class Whole:
    """Does a thing. It does more, e.g.: nothing.

    Second
    paragraph.

    Args:
        one: First, which
            goes on: here.
        two (int): Second.
        **more: All others.

    Raises:
        ValueError: never.

    Source: A paper, eq. 2.
        Departure: none.
    """


class Inherits(Whole):
    pass


def test_each_part():
    assert docstring(Whole) == Docstring(
        ("Does a thing. It does more, e.g.: nothing.", "Second paragraph."),
        {"one": "First, which goes on: here.", "two": "Second.", "more": "All others."},
        "A paper, eq. 2. Departure: none.",
    )
    assert docstring(Whole).sentence == "Does a thing."


def test_a_class_without_one():
    assert docstring(Inherits) == Docstring()
    assert docstring(Inherits).sentence == ""
