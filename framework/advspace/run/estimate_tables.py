"""Estimates as tables of the terminal: a row per center and box policy, or a row per estimate."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from textwrap import wrap

from rich.table import Table
from rich.text import Text

from advspace.analysis.appearance import BOXES, CENTERS, around
from advspace.analysis.contract import Estimate

NARROW = 21
"""Letters in a line of a heading, if the values below it are shorter."""
GAP = 2
"""Blanks between two columns."""

Place = tuple[str, str]
"""Center and box policy."""
Grid = Mapping[str, Mapping[Place, Estimate]]
"""Estimates by quantity and place."""


def by_place(estimates: Mapping[str, Estimate], places: Iterable[Place]) -> dict[str, dict[Place, Estimate]]:
    """The estimates with a name such as `half_scale/adversarial/clip`, by quantity and place.

    Args:
        estimates: Estimates by name.
        places: The places of the run's curves.
    """
    result: dict[str, dict[Place, Estimate]] = {}
    for place in places:
        end = f"/{'/'.join(place)}"
        for name, estimate in estimates.items():
            if name.endswith(end) and not isnan(estimate.value):
                result.setdefault(name.removesuffix(end), {})[place] = estimate
    return result


def place_table(grid: Grid, width: int) -> tuple[Table, list[str]]:
    """One row per place and one column per quantity, as many as fit.

    Args:
        grid: The estimates; at least one quantity.
        width: Most letters of a line.

    Returns:
        The table, and the quantities that are in it: the first ones, at least one.
    """
    places = sorted({place for each in grid.values() for place in each})
    left = [place_name(*place) for place in places]
    columns = {name: [str(each[place]) if place in each else "" for place in places] for name, each in grid.items()}
    headings = {name: heading(each) for name, each in grid.items()}
    return fitting_table({"probes around the": left}, columns, headings, width)


def fitting_table(
    first: Mapping[str, Sequence[str]],
    columns: Mapping[str, Sequence[str]],
    headings: Mapping[str, str],
    width: int,
) -> tuple[Table, list[str]]:
    """A table of the first columns and as many others as fit beside them.

    Args:
        first: Texts of the first columns, by heading.
        columns: Texts of the others, by name.
        headings: Their headings; a line break separates the unit.
        width: Most letters of a line.

    Returns:
        The table, and the names of the others that are in it: the first ones, at least one if there is any.
    """
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    free = width
    shown: list[str] = []
    for name, texts in [*first.items(), *columns.items()]:
        widest = max(map(len, texts), default=0)
        heads = headings.get(name, name).replace(" %", "\N{NO-BREAK SPACE}%").split("\n")
        lines = [line for head in heads for line in wrap(head, max(widest, NARROW))]
        free -= max([widest, *map(len, lines)]) + GAP
        if name in columns:
            if free < -GAP and shown:
                break
            shown.append(name)
        table.add_column(Text("\n".join(lines)), no_wrap=True, vertical="bottom")
    for row in zip(*first.values(), *(columns[name] for name in shown), strict=True):
        table.add_row(*(Text(text) for text in row))
    return table, shown


def estimate_table(estimates: Mapping[str, Estimate]) -> Table:
    """One row per estimate: label, value with its 95 % interval, unit."""
    table = Table("estimate", "value [95 % interval]", "", title_justify="left", box=None, pad_edge=False)
    for name, estimate in estimates.items():
        if not isnan(estimate.value):
            table.add_row(*(Text(text) for text in (estimate.label or name, str(estimate), estimate.unit)))
    return table


def place_name(center: str, box: str) -> str:
    """A center and its box policy in few letters, such as `adversarial, clipped`."""
    return f"{CENTERS.get(center, center)}, {BOXES.get(box, box).partition(' to ')[0]}"


def heading(estimates: Mapping[Place, Estimate]) -> str:
    """What the estimates of one quantity have in common: the label without the place, and the unit in a new line."""
    place, estimate = next(iter(estimates.items()))
    label = estimate.label.replace(around(*place), "").strip(" ,")
    return f"{label}\n{estimate.unit}" if estimate.unit else label
