"""The analysis contract: one finished run in, one finding out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import isfinite, isnan
from typing import Any, ClassVar

from advspace.analysis.chart import Chart
from advspace.analysis.finished_run import FinishedRun
from advspace.checks import one_of
from advspace.errors import AdvspaceError
from advspace.frames import Frame

CENSORED = {"": "", "below": "< ", "above": "> "}
"""How a number is written that lies beyond the end of what was looked at."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Args:
        value: The number; NaN where there is none.
        low: Lower end of the interval; NaN where there is no interval.
        high: Upper end of it.
        unit: What the number is followed by, such as `grey levels` or `x the distortion's sd`.
        label: What it is, in a few words; its name, where this is empty.
        censored: `below` or `above` where all that is known is that it lies beyond `value`.
        low_censored: The same for the lower end.
        high_censored: The same for the upper end.

    Raises:
        AdvspaceError: the value lies outside its own interval.
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
        """The estimate that `to_dict` gave."""
        values: dict[str, Any] = {item.name: stored[item.name] for item in fields(cls)}
        numbers: dict[str, Any] = {key: float("nan") if value is None else value for key, value in values.items()}
        return cls(**numbers)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, and the text; what is no finite number is None."""
        numbers = {key: float(getattr(self, key)) for key in ("value", "low", "high")}
        return (
            vars(self)
            | {key: value if isfinite(value) else None for key, value in numbers.items()}
            | {"text": str(self)}
        )

    @property
    def interval(self) -> str:
        """`[0.3, > 32]`; empty where there is none."""
        if isnan(self.low) or isnan(self.high):
            return ""
        return f"[{_text(self.low, self.low_censored)}, {_text(self.high, self.high_censored)}]"

    def __str__(self) -> str:
        return " ".join(part for part in (_text(self.value, self.censored), self.interval) if part)


def _text(value: float, censored: str) -> str:
    return "" if isnan(value) else f"{CENSORED[censored]}{value:.3g}"


def _empty() -> Frame:
    import pandas as pd

    return pd.DataFrame()


@dataclass(frozen=True)
class Finding:
    """What an analysis found.

    Args:
        table: One row per whatever the finding is about; goes to `analysis/<name>.parquet`.
        headline: Estimates by name; the names are unique among all analyses of a run.
        charts: What is drawn; the names are unique among all analyses of a run.
        sentence: What it says in words, with its uncertainty; empty where nothing can be said.
        attacks: Columns to show beside each attack: numbers, texts or estimates; `image_id` and `target` say which.

    Raises:
        AdvspaceError: two columns have one name, or `attacks` does not say which attack a row is of.
    """

    table: Frame = field(default_factory=_empty)
    headline: Mapping[str, Estimate] = field(default_factory=dict)
    charts: Sequence[Chart] = ()
    sentence: str = ""
    attacks: Frame = field(default_factory=_empty)

    def __post_init__(self) -> None:
        for table in (self.table, self.attacks):
            twice = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
            if twice:
                raise AdvspaceError(f"a table's columns must have different names, got '{twice[0]}' twice")
        if len(self.attacks.columns) and not {"image_id", "target"} <= set(self.attacks.columns):
            raise AdvspaceError(f"attacks must have the columns image_id and target, got {list(self.attacks.columns)}")

    def to_dict(self) -> dict[str, Any]:
        """Sentence and headline as plain values; what is no number is None."""
        return {
            "sentence": self.sentence,
            "headline": {name: estimate.to_dict() for name, estimate in self.headline.items()},
        }


class Analysis(ABC):
    """A way to read a finished run: shares, half scales, distortions, ...

    A class says what it needs in `needs`: names of tables (`images`, `probes`, `tensors`, or a table of a probe's own)
    and of their columns, such as `rays.radius`.  A run that lacks one is told so, and the analysis is skipped.  `title`
    is the heading above what it found.  Analyses are shown in the order of `order`.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"images"})
    title: ClassVar[str] = ""
    order: ClassVar[int] = 100

    @abstractmethod
    def __call__(self, run: FinishedRun) -> Finding:
        """Analyse one run.

        Args:
            run: The run, which may have no successful attack and no probes.
        """

    def compare(self, runs: Sequence[FinishedRun]) -> Finding | None:
        """Analyse several runs side by side; None where there is nothing to say about them.

        Args:
            runs: The finished runs of a multirun that have what the analysis needs, in the order of their start.
        """
        del runs
        return None
