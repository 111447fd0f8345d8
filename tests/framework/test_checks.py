"""Checks name the setting, the rule and the value; an unknown name is answered with the nearest ones."""

import pytest

from advspace.checks import above, at_least, known, nearest, offer, one_of
from advspace.errors import AdvspaceError

NAN = float("nan")


@pytest.mark.parametrize(
    ("check", "good", "bad", "said"),
    [
        (at_least, 1, 0.5, "^width must be >= 1, got 0.5$"),
        (at_least, 1, NAN, "^width must be >= 1, got nan$"),
        (at_least, 10**400, float("inf"), "^width must be finite, got inf$"),
        (above, 1.5, float("inf"), "^width must be finite, got inf$"),
        (above, 1.5, 1, "^width must be > 1, got 1$"),
        (above, 1.5, NAN, "^width must be > 1, got nan$"),
    ],
)
def test_numbers(check, good, bad, said):
    check("width", good, 1)
    with pytest.raises(AdvspaceError, match=said):
        check("width", bad, 1)


def test_one_of():
    one_of("box", "clip", ("clip", "none"))
    with pytest.raises(AdvspaceError, match=r"^box must be one of clip, none, got 'both'$"):
        one_of("box", "both", ("clip", "none"))


@pytest.mark.parametrize(
    ("name", "near"),
    [("gaussain", "nearest: gaussian"), ("GAUSIAN", "nearest: gaussian"), ("lapalce", "nearest: Laplace"), ("xyz", "")],
)
def test_the_nearest_are_spelled_alike_whatever_their_case(name, near):
    assert nearest(name, ["uniform", "gaussian", "Laplace"]) == near


def test_three_are_near_at_most_the_likest_first():
    assert nearest("abcd", ["abxy", "abcx", "abcdx", "abcde"]) == "nearest: abcdx, abcde, abcx"


def numbered(count):
    return [f"name-{number}" for number in range(100, 100 + count)]


@pytest.mark.parametrize(
    ("name", "names", "offered"),
    [
        ("bb", ["bbb", "aaa"], "nearest: bbb; there are aaa, bbb"),
        ("zz", ["bbb", "aaa"], "there are aaa, bbb"),
        ("zz", [], "there are none"),
        ("NAME-", ["bbb", *numbered(1)], "nearest: name-100; there are bbb, name-100"),
        ("bb", ["bbb", *numbered(20)], "nearest: bbb"),
        ("zz", numbered(100), f"there are {', '.join(numbered(100))}"),
        ("zz", numbered(101), "no known name is similar"),
    ],
)
def test_all_names_are_listed_where_they_are_few(name, names, offered):
    assert offer(name, names, "there are") == offered


def test_known():
    known("attack.name", "Foolbox", "ddn", {"ddn": 1})
    with pytest.raises(AdvspaceError, match=r"^attack.name: Foolbox does not know 'dnn'; nearest: ddn; it knows ddn$"):
        known("attack.name", "Foolbox", "dnn", {"ddn": 1})
