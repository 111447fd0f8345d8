"""Estimates by name or pattern, in the order of priority."""

from advspace import Estimate
from advspace.analysis.wanted import wanted_names

HEADLINE = {name: Estimate(1.0) for name in ("half/a/clip", "half/a/none", "other")}


def test_the_order_is_that_of_the_patterns_and_each_name_comes_once():
    assert wanted_names(HEADLINE, ["half/a/none", "half/*"]) == ["half/a/none", "half/a/clip"]


def test_what_the_run_does_not_have_is_left_out():
    assert wanted_names(HEADLINE, ["nothing", "OTHER"]) == []
