"""What an analysis says about each attack, as a table of plain numbers."""

from typing import Any

from advspace.analysis.contract import Estimate
from advspace.shapes import Frame

CENSORED = " censored"
"""End of the name of a column that says how the values of another are censored."""


def plain(attacks: Frame) -> Frame:
    """The columns of `Finding.attacks` with each estimate as its value.

    A column `<name> censored` follows where a value lies beyond the observed range: `below`, `above` or empty.

    Args:
        attacks: `image_id`, `target`, and columns of numbers, texts or estimates.
    """
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, values in attacks.items():
        if not any(isinstance(value, Estimate) for value in values):
            columns[str(name)] = values.to_numpy()
            continue
        columns[str(name)] = [value.value if isinstance(value, Estimate) else value for value in values]
        censored = [value.censored if isinstance(value, Estimate) else "" for value in values]
        if any(censored):
            columns[f"{name}{CENSORED}"] = censored
    return pd.DataFrame(columns)
