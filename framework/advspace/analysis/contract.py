"""The analysis contract: a finished run in, a finding out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import isfinite, isnan
from typing import Any, ClassVar

from advspace.analysis.chart import Chart
from advspace.analysis.finished_run import FinishedRun
from advspace.analysis.plain_text import block
from advspace.checks import one_of
from advspace.errors import AdvspaceError
from advspace.shapes import Frame
from advspace.statistics.rounding import rounded, rounded_down, rounded_up

CENSORED = {"": "", "below": "< ", "above": "> "}
"""The sign before a censored number, which lies beyond the observed range."""
ROUNDING = 1e-9
SHORT = 2
"""Estimates of a short summary, if a finding does not choose them."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Args:
        value: The number; NaN if there is none.
        low: Lower end of the interval; NaN if there is no interval.
        high: Upper end of the interval.
        unit: Unit after the number, such as `grey levels` or `x the distortion's sd`.
        label: A description of a few words; if empty, the name is shown.
        censored: `below` or `above` if the number is only known to be beyond `value`.
        low_censored: The same for the lower end.
        high_censored: The same for the upper end.

    Raises:
        AdvspaceError: the value is outside its interval.
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")
    unit: str = ""
    label: str = ""
    censored: str = ""
    low_censored: str = ""
    high_censored: str = ""

    def __post_init__(self) -> None:
        for name in ("censored", "low_censored", "high_censored"):
            one_of(name, getattr(self, name), tuple(CENSORED))
        slack = ROUNDING * max(1.0, abs(self.value))
        if self.low > self.value + slack or self.high < self.value - slack:
            raise AdvspaceError(f"an estimate must lie within its interval, got {self.value} [{self.low}, {self.high}]")

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Estimate":
        """The estimate from the result of `to_dict`."""
        values: dict[str, Any] = {item.name: stored[item.name] for item in fields(cls)}
        numbers: dict[str, Any] = {key: float("nan") if value is None else value for key, value in values.items()}
        return cls(**numbers)

    def to_dict(self) -> dict[str, Any]:
        """Plain values and the text; numbers that are not finite are None."""
        numbers = {key: float(getattr(self, key)) for key in ("value", "low", "high")}
        return (
            vars(self)
            | {key: value if isfinite(value) else None for key, value in numbers.items()}
            | {"text": str(self)}
        )

    @property
    def text(self) -> str:
        """Value, interval and unit."""
        return f"{self} {self.unit}".strip()

    @property
    def interval(self) -> str:
        """`[0.3, > 32]`, rounded outwards; empty if there is no interval."""
        if isnan(self.low) or isnan(self.high):
            return ""
        low = CENSORED[self.low_censored] + rounded_down(self.low)
        high = CENSORED[self.high_censored] + rounded_up(self.high)
        return f"[{low}, {high}]"

    def __str__(self) -> str:
        value = "" if isnan(self.value) else CENSORED[self.censored] + rounded(self.value)
        return " ".join(part for part in (value, self.interval) if part)


def _empty() -> Frame:
    import pandas as pd

    return pd.DataFrame()


@dataclass(frozen=True)
class Finding:
    """The result of an analysis.

    Args:
        table: A table of any rows; it is written to `analysis/<name>.parquet`.
        headline: Estimates by name; the names are unique among all analyses of a run.
        charts: Charts; their names are unique among all analyses of a run.
        sentence: The result in words, with its uncertainty; may be empty.
        attacks: Columns to show beside each attack: numbers, texts or estimates; `image_id` and `target` identify it.
        glance: Names of the estimates that a short summary shows; if empty, the first two.

    Raises:
        AdvspaceError: two columns have the same name, `attacks` lacks `image_id` or `target`, or `glance` names no
            estimate.
    """

    table: Frame = field(default_factory=_empty)
    headline: Mapping[str, Estimate] = field(default_factory=dict)
    charts: Sequence[Chart] = ()
    sentence: str = ""
    attacks: Frame = field(default_factory=_empty)
    glance: Sequence[str] = ()

    def __post_init__(self) -> None:
        for table in (self.table, self.attacks):
            twice = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
            if twice:
                raise AdvspaceError(f"a table's columns must have different names, got '{twice[0]}' twice")
        if len(self.attacks.columns) and not {"image_id", "target"} <= set(self.attacks.columns):
            raise AdvspaceError(f"attacks must have the columns image_id and target, got {list(self.attacks.columns)}")

        if unknown := [name for name in self.glance if name not in self.headline]:
            raise AdvspaceError(f"glance must name estimates of the headline, got '{unknown[0]}'")

    def __repr__(self) -> str:
        return self.told("Finding")

    def told(self, title: str) -> str:
        """Title, sentence, main estimates and the names of the charts in a few lines."""
        more = len(self.headline) - len(self.short)
        held = [f"table: {len(self.table)} rows"] if len(self.table) else []
        held += [f"headline: {more} more"] if more else []
        held += [f"charts: {', '.join(chart.name for chart in self.charts)}"] if self.charts else []
        return block(title, self.sentence, {each.label or name: each.text for name, each in self.short.items()}, held)

    @property
    def short(self) -> dict[str, Estimate]:
        """The estimates of a short summary."""
        names = self.glance or list(self.headline)[:SHORT]
        return {name: self.headline[name] for name in names}

    def to_dict(self) -> dict[str, Any]:
        """Sentence, names of the main estimates, and headline as plain values; numbers that are not finite are None."""
        return {
            "sentence": self.sentence,
            "glance": list(self.short),
            "headline": {name: estimate.to_dict() for name, estimate in self.headline.items()},
        }


class Analysis(ABC):
    """An analysis of a finished run: shares, half scales, distortions, ...

    `needs` lists the tables (`images`, `probes`, `tensors`, or a table of a probe's own) and columns (such as
    `rays.radius`) that it reads.  If a run lacks one, the analysis is skipped with the reason.  `title` is the heading
    above its finding.  Findings are shown in the order of `order`.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"images"})
    title: ClassVar[str] = ""
    order: ClassVar[int] = 100

    @abstractmethod
    def __call__(self, run: FinishedRun) -> Finding:
        """Analyse one run.

        Args:
            run: The run; it may have no successful attack and no probes.
        """

    def compare(self, runs: Sequence[FinishedRun]) -> Finding | None:
        """Compare several runs; None for no finding.

        Args:
            runs: The finished runs of a multirun that have all that `needs` lists, in the order of their start.
        """
        del runs
        return None
