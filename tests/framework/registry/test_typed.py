"""Settings against the types of a dataclass."""

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from advspace import AdvspaceError
from advspace.registry.typed import rule, typed


@dataclass(frozen=True)
class Schema:
    whole: int
    number: float = 1.0
    perhaps: float | None = None
    either: int | str = "auto"
    flag: bool = True
    text: str = "x"
    each: tuple[float, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    anything: Any = None


def test_values_get_the_types_of_their_settings():
    given = {"text": "3", "whole": "3", "number": "1e3", "perhaps": None, "either": 7, "each": [1, "2.5"]}
    assert typed("group", given, Schema) == {
        "text": "3", "whole": 3, "number": 1000.0, "perhaps": None, "either": 7, "each": [1.0, 2.5]
    }  # fmt: skip


def test_order_and_absence_stay():
    assert list(typed("", {"text": "a", "whole": 1}, Schema)) == ["text", "whole"]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("whole", None, "must be a whole number, got null"),
        ("whole", 1.5, "must be a whole number, got 1.5"),
        ("whole", True, "must be a whole number, got true"),
        ("whole", [1], r"must be a whole number, got \[1\]"),
        ("whole", "???", r"must be given \(group.whole=\.\.\.\)"),
        ("number", "abc", "must be a number, got 'abc'"),
        ("number", float("inf"), "must be finite, got inf"),
        ("anything", {"deep": [float("nan")]}, r".deep must be finite, got nan"),
        ("perhaps", {"a": 1}, r"must be a number or null, got \{'a': 1\}"),
        ("either", 1.5, "must be a whole number or a text, got 1.5"),
        ("flag", "perhaps", "must be true or false, got 'perhaps'"),
        ("text", ["a"], r"must be a text, got \['a'\]"),
        ("text", "a\0b", r"must be a text in UTF-8 without a zero byte, got 'a\\x00b'"),
        ("text", "caf\udce9", r"must be a text in UTF-8 without a zero byte, got 'caf\\udce9'"),
        ("each", 3.0, r"must be a list \(each: a number\), got 3.0"),
        ("each", "x" * 100, r"must be a list \(each: a number\), got 'x{79}\.\.\."),
        ("options", [1], r"must be names with values \(\{name: value\}\), got \[1\]"),
    ],
)
def test_refused(key, value, said):
    with pytest.raises(AdvspaceError, match=rf"^group\.{key}( |\.deep ){said.removeprefix('.deep ')}$"):
        typed("group", {key: value}, Schema)


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(AdvspaceError, match=r"^group has no setting 'txet'; nearest: text; it has anything, each, "):
        typed("group", {"txet": 1}, Schema)
    with pytest.raises(AdvspaceError, match=r"^noise 'pink' has no setting 'txet'; nearest: text"):
        typed("noise", {"txet": 1}, Schema, "noise 'pink'")
    with pytest.raises(AdvspaceError, match=r"^there is no setting 'txet'; nearest: text; there are anything, "):
        typed("", {"txet": 1}, Schema)


def test_types_without_a_name_of_ours():
    assert rule(Literal["a", "b"]) == "one of 'a', 'b'"
    assert rule(list) == "a list"
