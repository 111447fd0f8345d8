"""Names for authors of plugins, and `probe_images` for a network and images of the user's."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from advspace.attack.contract import UNTARGETED as UNTARGETED
from advspace.attack.contract import Adversarial as Adversarial
from advspace.attack.contract import Attack as Attack
from advspace.attack.contract import Problem as Problem
from advspace.attack.contract import aims as aims
from advspace.attack.contract import answer as answer
from advspace.attack.contract import margin as margin
from advspace.attack.stop import Stop as Stop
from advspace.dataset.contract import Dataset as Dataset
from advspace.dataset.contract import LabelledImage as LabelledImage
from advspace.dataset.contract import Split as Split
from advspace.dataset.in_memory import TensorSplit as TensorSplit
from advspace.dataset.preparation import Preparation as Preparation
from advspace.errors import AdvspaceError as AdvspaceError
from advspace.model.contract import Model as Model
from advspace.model.standardise import Standardise as Standardise
from advspace.noise.blocks import NoiseBlocks as NoiseBlocks
from advspace.noise.blocks import NoiseBlocks as Stream  # noqa: F401 (its former name)
from advspace.noise.contract import Noise as Noise
from advspace.probe.cells import Cell as Cell
from advspace.probe.contract import Case as Case
from advspace.probe.contract import Measure as Measure
from advspace.probe.contract import Probe as Probe
from advspace.probe.contract import ProbeRecord as ProbeRecord
from advspace.probe.contract import ProbeResult as ProbeResult
from advspace.probe.count import ProbeCounter as ProbeCounter

if TYPE_CHECKING:
    from advspace.analysis.chart import Axis as Axis
    from advspace.analysis.chart import Chart as Chart
    from advspace.analysis.chart import Panel as Panel
    from advspace.analysis.contract import Analysis as Analysis
    from advspace.analysis.contract import Estimate as Estimate
    from advspace.analysis.contract import Finding as Finding
    from advspace.analysis.finished_run import FinishedRun as FinishedRun
    from advspace.analysis.marks import Bars as Bars
    from advspace.analysis.marks import Line as Line
    from advspace.analysis.marks import Points as Points
    from advspace.api import probe_images as probe_images
    from advspace.run.probed import Probed as Probed

LATER = {
    **dict.fromkeys(("Axis", "Chart", "Panel"), "advspace.analysis.chart"),
    **dict.fromkeys(("Bars", "Line", "Points"), "advspace.analysis.marks"),
    "Analysis": "advspace.analysis.contract",
    "Estimate": "advspace.analysis.contract",
    "Finding": "advspace.analysis.contract",
    "FinishedRun": "advspace.analysis.finished_run",
    "Probed": "advspace.run.probed",
    "probe_images": "advspace.api",
}
"""Names whose modules import pandas or Lightning, which most plugins do not need: they are imported on first use."""


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module 'advspace' has no attribute '{name}'")
    return getattr(import_module(LATER[name]), name)
