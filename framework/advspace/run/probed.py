"""The results of a run, as the Python interface returns them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch

from advspace.analysis.contract import Finding
from advspace.analysis.curves import Curve
from advspace.analysis.summary import Conclusion
from advspace.errors import AdvspaceError
from advspace.records.tables import CASE, CaseKey, Pair

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Probed:
    """The results of a run.

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

    @property
    def findings(self) -> Mapping[str, Finding]:
        """The finding of each analysis: table, estimates with intervals, charts, a sentence."""
        return self.conclusion.findings.made

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

    def figures(self) -> dict[str, "Figure"]:
        """Every chart of the findings as a matplotlib figure, by name."""
        from advspace.figures import draw

        return {chart.name: draw(chart) for chart in self.conclusion.findings.charts}
