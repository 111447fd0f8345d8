"""Findings that show themselves in a notebook: text, HTML with a chart, and plots on axes of the user's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, overload

import pandas as pd

from advspace.analysis.chart import Chart
from advspace.analysis.contract import Estimate, Finding
from advspace.analysis.findings import Findings
from advspace.checks import offer
from advspace.errors import AdvspaceError
from advspace.run.html import chart_html, estimates_html, table_html

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class ShownFinding(Finding):
    """A finding with its name and its heading.

    Args:
        name: Name of the analysis.
        title: Heading above the finding.
    """

    name: str = ""
    title: str = ""

    def __repr__(self) -> str:
        return self.told(self.title)

    def _repr_html_(self) -> str:
        """Heading, sentence, main estimates and the first chart."""
        parts = [f"<h4>{escape(self.title)}</h4>", f"<p>{escape(self.sentence)}</p>" if self.sentence else ""]
        parts += [estimates_html(self.short), *(chart_html(chart) for chart in self.charts[:1])]
        return "\n".join(part for part in parts if part)

    def __dir__(self) -> list[str]:
        return ["attacks", "charts", "estimates", "headline", "name", "plot", "sentence", "short", "table", "title"]

    @property
    def estimates(self) -> pd.DataFrame:
        """The headline as a table: `value`, `low`, `high`, `unit`, `label`, `censored`; the names are the index."""
        return estimate_frame(self.headline)

    @overload
    def plot(self, name: str = ..., ax: None = ..., panel: int | None = ...) -> "Figure": ...
    @overload
    def plot(self, name: str = ..., *, ax: "Axes", panel: int | None = ...) -> "Axes": ...
    def plot(self, name: str = "", ax: "Axes | None" = None, panel: int | None = None) -> "Figure | Axes":
        """Draw a chart; see `plot` of the whole result.

        Args:
            name: Name of the chart; if empty, the first one.
            ax: Axes of matplotlib; None for a figure of its own.
            panel: Number of the panel, from 0; None for all in a figure, or for the first on `ax`.

        Raises:
            AdvspaceError: the finding has no chart with this name, or the chart has no such panel.
        """
        first = self.charts[0].name if self.charts else ""
        return plotted(self.charts, name or first, ax, panel)


class FindingsByName(dict[str, ShownFinding]):
    """The findings by name of the analysis, shown as a table of their sentences."""

    @classmethod
    def of(cls, findings: Findings) -> "FindingsByName":
        """The findings with names and headings."""
        made = findings.made.items()
        return cls({name: ShownFinding(**vars(each), name=name, title=findings.titles[name]) for name, each in made})

    def __missing__(self, name: str) -> ShownFinding:
        raise KeyError(f"no finding is called '{name}'; {offer(name, self, 'there are')}")

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(f"{name.ljust(width)}  {each.title}" for name, each in self.items()) or "no findings"

    def _repr_html_(self) -> str:
        rows = [{"finding": name, "about": each.title, "says": each.sentence} for name, each in self.items()]
        return table_html(pd.DataFrame(rows, columns=["finding", "about", "says"]))


def estimate_frame(estimates: Mapping[str, Estimate]) -> pd.DataFrame:
    """Estimates as a table: one row per estimate, the names are the index."""
    columns = ["value", "low", "high", "unit", "label", "censored"]
    rows = [[getattr(each, column) for column in columns] for each in estimates.values()]
    return pd.DataFrame(rows, pd.Index(list(estimates), name="estimate"), columns)


def plotted(charts: Sequence[Chart], name: str, ax: "Axes | None", panel: int | None) -> "Figure | Axes":
    """A chart as a figure, or one panel of it on given axes.

    Raises:
        AdvspaceError: no chart has this name, or the chart has no such panel.
    """
    from advspace.figures import draw, only_panel, plot

    by_name = {chart.name: chart for chart in charts}
    if name not in by_name:
        raise AdvspaceError(f"no chart is called '{name}'; {offer(name, by_name, 'there are')}")
    chart = by_name[name]
    if ax is not None:
        return plot(chart, ax, panel or 0)
    return draw(chart if panel is None else only_panel(chart, panel))
