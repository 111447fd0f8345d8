"""Numbers of each attack: what the table of images measures, and what the analyses of the run estimated."""

from advspace import FinishedRun
from advspace.analysis.attack_estimates import CENSORED
from advspace.records.tables import CASE
from advspace.shapes import Frame

ATTACKED = ("dataset", "model", "attack")
"""Where runs differ in one of these, their attacks may differ; else they are the same attacks."""
MEASURES = ("l2", "on_box", "evaluations")
IN_OCTAVES = "half_scale"
"""The analysis whose estimates are compared in octaves instead."""


def measures(run: FinishedRun) -> Frame:
    """Success of each attack as 0 or 1, and measures of the successful ones."""
    images = run.images
    reached = images["success"].astype(bool)
    table = images[CASE].assign(success=reached.astype(float))
    return table.assign(**{name: images[name].astype(float).where(reached) for name in MEASURES})


def estimates(run: FinishedRun) -> Frame:
    """Every column of numbers that an analysis has per attack; a censored number is not known."""
    import pandas as pd

    tables = [
        _numbers(run.attack_estimates(name)).set_index(CASE).add_prefix(f"{name}: ")
        for name in run.estimating
        if name != IN_OCTAVES
    ]
    tables = [table for table in tables if len(table.columns)]
    return pd.concat(tables, axis=1).reset_index() if tables else pd.DataFrame(columns=CASE)


def _numbers(table: Frame) -> Frame:
    numbers = table.drop(columns=CASE).select_dtypes(["number", "bool"]).astype(float)
    for name in numbers:
        if f"{name}{CENSORED}" in table:
            numbers[name] = numbers[name].where(table[f"{name}{CENSORED}"] == "")
    return numbers.assign(**{key: table[key] for key in CASE})
