"""Names for authors of plugins, and `probe_images` for a network and images of the user's."""

from importlib import import_module

TYPE_CHECKING = False  # type checkers take it for true; `typing` itself would be imported before signals are heard
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
    from advspace.run.probed import Probed as Probed
    from advspace.tracking.contract import Results as Results
    from advspace.tracking.contract import TrackedRun as TrackedRun
    from advspace.tracking.contract import Tracker as Tracker

    __version__: str

HOMES = {
    "advspace.analysis.chart": "Axis Chart Panel",
    "advspace.analysis.contract": "Analysis Estimate Finding",
    "advspace.analysis.finished_run": "FinishedRun",
    "advspace.analysis.marks": "Bars Line Points",
    "advspace.api": "probe_images",
    "advspace.attack.contract": "UNTARGETED Adversarial Attack Problem aims answer margin",
    "advspace.attack.stop": "Stop",
    "advspace.dataset.contract": "Dataset LabelledImage Split",
    "advspace.dataset.in_memory": "TensorSplit",
    "advspace.dataset.preparation": "Preparation",
    "advspace.errors": "AdvspaceError",
    "advspace.model.contract": "Model",
    "advspace.model.standardise": "Standardise",
    "advspace.noise.blocks": "NoiseBlocks",
    "advspace.noise.contract": "Noise",
    "advspace.probe.cells": "Cell",
    "advspace.probe.contract": "Case Measure Probe ProbeRecord ProbeResult",
    "advspace.probe.count": "ProbeCounter",
    "advspace.run.probed": "Probed",
    "advspace.tracking.contract": "Results TrackedRun Tracker",
}
"""The module of each name.  It is imported when the name is first used: the command starts before torch is there."""
MODULES = {name: module for module, names in HOMES.items() for name in names.split()}
FORMER = {"Stream": "NoiseBlocks"}
"""Names of earlier versions."""
__all__ = sorted(MODULES)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("advspace")
    present = FORMER.get(name, name)
    if present not in MODULES:
        raise AttributeError(f"module 'advspace' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(MODULES[present]), present)
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
