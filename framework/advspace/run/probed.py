"""The results of a run, as the Python interface returns them."""

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, overload

import pandas as pd
import torch

from advspace.analysis.curves import Curve
from advspace.analysis.plain_text import block
from advspace.analysis.summary import Conclusion
from advspace.errors import AdvspaceError
from advspace.records.tables import CASE, CaseKey, Pair
from advspace.run.html import chart_html, estimates_html
from advspace.run.shown import FindingsByName, estimate_frame, plotted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN_FIRST = "shares"
"""The chart that stands for the whole result, if there is one with this name."""


@dataclass(frozen=True, repr=False)
class Probed:
    """The results of a run.  In a notebook they show themselves: the main estimates and a chart.

    Args:
        conclusion: The run, its findings and its summary.
        tensors: `image` and `adversarial` of each success, by image id and target.
    """

    conclusion: Conclusion
    tensors: dict[CaseKey, Pair]

    @cached_property
    def images(self) -> pd.DataFrame:
        """One row per attack, in the order of the images: label, target, success, reason of a failure, ..."""
        return self.conclusion.run.images.sort_values(CASE, ignore_index=True)

    @cached_property
    def probes(self) -> pd.DataFrame:
        """One row per attack, center, box policy and scale: counts and shares per outcome, 95 % intervals."""
        probes = self.conclusion.run.probes
        return probes if probes.empty else probes.sort_values(CASE, kind="stable", ignore_index=True)

    @property
    def curves(self) -> list[Curve]:
        """Mean shares over images per center and box policy, with intervals and half scales."""
        return self.conclusion.run.curves

    @cached_property
    def findings(self) -> FindingsByName:
        """The finding of each analysis: table, estimates with intervals, charts, a sentence."""
        return FindingsByName.of(self.conclusion.findings)

    @property
    def estimates(self) -> pd.DataFrame:
        """All estimates: `value`, `low`, `high`, `unit`, `label`, `censored`; the names are the index."""
        return estimate_frame(self.conclusion.findings.headline)

    @property
    def charts(self) -> list[str]:
        """The names for `plot`."""
        return [chart.name for chart in self.conclusion.findings.charts]

    @property
    def summary(self) -> dict[str, Any]:
        """The content of `summary.json`."""
        return self.conclusion.summary

    @property
    def classes(self) -> list[str]:
        """Names of the classes."""
        return self.conclusion.run.classes

    @property
    def noise(self) -> str:
        """Name of the noise."""
        return self.conclusion.run.called("noise")

    @property
    def passed_over(self) -> list[str]:
        """Ids of the images that were not attacked: misclassified, or of the target class."""
        selection = self.conclusion.run.plan.selection
        return sorted([*selection.misclassified, *selection.on_target])

    @property
    def adversarials(self) -> torch.Tensor:
        """The adversarial images, in the order of the successes in `images`.

        Raises:
            AdvspaceError: no attack succeeded.
        """
        cases = self.images.loc[self.images["success"], CASE].itertuples(index=False, name=None)
        result = [self.tensors[case]["adversarial"] for case in cases]
        if not result:
            raise AdvspaceError("no attack succeeded; see the column reason of images")
        return torch.stack(result)

    @overload
    def plot(self, name: str, ax: None = ..., panel: int | None = ...) -> "Figure": ...
    @overload
    def plot(self, name: str, ax: "Axes", panel: int | None = ...) -> "Axes": ...
    def plot(self, name: str, ax: "Axes | None" = None, panel: int | None = None) -> "Figure | Axes":
        """Draw a chart by its name, as a figure or on axes of yours.

        Args:
            name: Name of the chart, one of `charts`.
            ax: Axes of matplotlib; None for a figure of its own, which a notebook shows.
            panel: Number of the panel, from 0; None for all in a figure, or for the first on `ax`.

        Returns:
            The figure; or `ax`, if it was given.

        Raises:
            AdvspaceError: no chart has this name, or the chart has no such panel.
        """
        return plotted(self.conclusion.findings.charts, name, ax, panel)

    def figures(self) -> dict[str, "Figure"]:
        """Every chart of the findings as a matplotlib figure, by name."""
        from advspace.figures import draw

        return {chart.name: draw(chart) for chart in self.conclusion.findings.charts}

    def __repr__(self) -> str:
        rows = {each.label or name: each.text for name, each in self.conclusion.findings.short.items()}
        return block(self._title, "", rows, [f"findings: {self._said}", f"charts: {', '.join(self.charts)}"])

    def _repr_html_(self) -> str:
        """Title, main estimates, one chart, and what to ask for."""
        names, charts = self.charts, self.conclusion.findings.charts
        first = charts[names.index(SHOWN_FIRST) if SHOWN_FIRST in names else 0 :][:1]
        asked = f"<code>.findings</code>: {self._said}<br><code>.plot(name)</code>: {', '.join(names)}"
        pictures = [chart_html(chart) for chart in first]
        return "\n".join(
            [
                f"<p><b>{escape(self._title)}</b></p>",
                estimates_html(self.conclusion.findings.short),
                *pictures,
                f"<p>{asked}</p>",
            ]
        )

    def __dir__(self) -> list[str]:
        return sorted(name for name in vars(type(self)) if not name.startswith("_"))

    @property
    def _said(self) -> str:
        """The names of the findings that say something."""
        return ", ".join(name for name, made in self.findings.items() if made.sentence or made.charts)

    @property
    def _title(self) -> str:
        """What was probed, and how many attacks succeeded."""
        run = self.conclusion.run
        return f"{run.title}: {len(run.succeeded)} of {len(run.images)} attacks succeeded"
