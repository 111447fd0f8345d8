"""Estimates as tables of the terminal."""

import io

from rich.console import Console

from advspace import Estimate
from advspace.run.estimate_tables import by_place, estimate_table, fitting_table, place_table

PLACES = [("adversarial", "clip"), ("tight", "none")]
NONE = float("nan")


def printed(table, width=200):
    out = io.StringIO()
    Console(file=out, width=width).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_estimates_of_a_place_are_found_by_the_end_of_their_name():
    half, kept = Estimate(1.0), Estimate(2.0)
    estimates = {
        "half/adversarial/clip": half,
        "kept/0.9/adversarial/clip": kept,
        "half/tight/none": Estimate(NONE),
        "half/elsewhere/clip": half,
        "clip": half,
    }
    place = ("adversarial", "clip")
    assert by_place(estimates, PLACES) == {"half": {place: half}, "kept/0.9": {place: kept}}


def test_a_row_per_place_and_a_column_per_quantity():
    first, second = PLACES
    half = {
        first: Estimate(0.5, 0.25, 1.0, "sd", "half scale around the adversarial, clipped to the box"),
        second: Estimate(2.0, 1.0, 4.0, "sd", "half scale around the tight adversarial, not clipped"),
    }
    radius = {second: Estimate(3.0, label="radius, around the tight adversarial, not clipped")}
    table, shown = place_table({"half": half, "radius": radius}, 100)
    assert shown == ["half", "radius"]
    assert printed(table) == [
        "                                half scale",
        "probes around the               sd             radius",
        "adversarial, clipped            0.5 [0.25, 1]",
        "tight adversarial, not clipped  2 [1, 4]       3",
    ]


def test_columns_that_do_not_fit_are_left_out_but_one():
    columns = {name: [10 * name] for name in "abc"}
    left = {"left": ["0123456789"]}
    assert fitting_table(left, columns, {}, 34)[1] == ["a", "b"]
    table, shown = fitting_table(left, columns, {}, 33)
    assert shown == ["a"]
    assert printed(table) == ["left        a", "0123456789  aaaaaaaaaa"]
    assert fitting_table(left, columns, {}, 5)[1] == ["a"]


def test_a_row_per_estimate_that_is_a_number():
    headline = {
        "half": Estimate(2.0, 0.5, 8.0, "sd", "half scale", high_censored="above"),
        "none": Estimate(NONE, label="nothing"),
        "bare": Estimate(0.25),
    }
    assert printed(estimate_table(headline)) == [
        "estimate    value [95 % interval]",
        "half scale  2 [0.5, > 8]           sd",
        "bare        0.25",
    ]


def test_brackets_in_names_are_no_markup():
    table = estimate_table({"a": Estimate(1.0, label="[bold]x[/bold]")})
    assert "[bold]x[/bold]" in printed(table)[1]
