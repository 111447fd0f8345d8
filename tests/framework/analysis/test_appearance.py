"""Colours that tell lines apart, and tick marks as people write them."""

from itertools import combinations, pairwise

import pytest

from advspace.analysis.appearance import (
    BOX_LOOKS,
    CYCLE,
    MARKERS,
    OUTCOMES,
    around,
    looks,
    number,
    percent,
    thinned,
    ticks,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.125, "1/8"),
        (0.5, "1/2"),
        (0.3, "0.3"),
        (0.0, "0"),
        (1.0, "1"),
        (1.41421, "1.41"),
        (999.6, "1e+03"),
        (1234.5, "1234"),
        (123456.0, "1.23e+05"),
        (-2.5, "-2.5"),
        (float("nan"), ""),
        (float("inf"), ""),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


def test_the_same_values_have_the_same_marks_in_any_order():
    assert ticks([2, 0.5, 1, 2]) == ticks([1.0, 2.0, 0.5]) == ((0.5, "1/2"), (1.0, "1"), (2.0, "2"))


@pytest.mark.parametrize("most", [1, 2, 3, 5, 11, 20])
def test_marks_that_stay_are_evenly_spaced_and_one_is_among_them(most):
    marks = ticks(2.0**power for power in range(-5, 6))
    kept = thinned(marks, most)
    assert len(kept) <= most
    assert (1.0, "1") in kept
    places = [marks.index(mark) for mark in kept]
    assert len({later - earlier for earlier, later in pairwise(places)}) <= 1


def test_without_a_one_the_first_mark_stays():
    assert thinned(ticks([2, 4, 8, 16]), 2) == [(2.0, "2"), (8.0, "8")]


def test_a_name_keeps_the_look_that_is_known_and_no_other_has_it():
    given = looks(["mine", "clip", "yours", "mine"], BOX_LOOKS)
    assert given["clip"] == BOX_LOOKS["clip"]
    assert list(given) == ["clip", "none", "mine", "yours"]
    assert len(set(given.values())) == 4


def test_more_names_than_looks_begin_anew():
    names = [str(count) for count in range(len(CYCLE) + 1)]
    assert looks(names)["0"] == looks(names)[names[-1]] == CYCLE[0]


@pytest.mark.parametrize(
    "group", [list(OUTCOMES.values()), list(BOX_LOOKS.values()), list(CYCLE)], ids=["outcomes", "boxes", "cycle"]
)
def test_lines_are_told_apart_without_colours_too(group):
    for one, other in combinations(group, 2):
        assert one.colour != other.colour
        assert (one.line, one.marker) != (other.line, other.marker)
    assert all(look.marker in MARKERS for look in group)


def test_box_policies_have_no_colour_of_an_outcome():
    assert not {look.colour for look in BOX_LOOKS.values()} & {look.colour for look in OUTCOMES.values()}


def test_places():
    assert around("adversarial", "clip") == "around the adversarial, clipped to the box"
    assert around("ray", "torus") == "around the ray, torus"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.5, "50 %"),
        (0.98765, "98.8 %"),
        (0.0123, "1.23 %"),
        (0.9995, "> 99.9 %"),
        (1e-9, "< 0.1 %"),
        (float("nan"), ""),
    ],
)
def test_shares_in_percent(share, text):
    assert percent(share) == text
