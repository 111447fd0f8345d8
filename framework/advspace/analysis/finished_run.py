"""A run read from its directory once, for analyses, figures, report and tracking."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from yaml import YAMLError

from advspace.analysis.curves import Curve, curves
from advspace.attack.contract import UNTARGETED
from advspace.errors import AdvspaceError, DamagedError
from advspace.pasted import command_line, report_command, resume_command
from advspace.probe.contract import Measure
from advspace.probe.refine import REFINED
from advspace.records.integrity import faults, sentence
from advspace.records.tables import CaseKey, Pair, own_tables, read_own_table, read_tables, read_tensors
from advspace.run_directory import RunDirectory
from advspace.selection.plan import Plan, stored_plan
from advspace.selection.selection import Selection
from advspace.shapes import Frame

Settings = dict[str, Any]
NO_PLAN = Plan(Selection([], [], [], [], [], [], []), "")


@dataclass(frozen=True)
class FinishedRun:
    """A run, finished or stopped.

    Args:
        directory: The run directory.
        name: Name among the runs of a multirun: its path relative to the multirun's; empty for a single run.
        settings: The composed config as nested dicts.
        plan: Images and targets, names of the classes, and what the probe measures.
        images: The table of images: one row per attack.
        probes: The table of probes: one row per attack, center, box policy and scale; may be empty.
    """

    directory: Path
    name: str
    settings: Settings
    plan: Plan
    images: Frame
    probes: Frame

    @property
    def succeeded(self) -> Frame:
        """Rows of the attacks that reached their goal."""
        return self.images[self.images["success"]]

    @property
    def planned(self) -> int:
        """Number of planned attacks."""
        return max(len(self.plan.selection.ids), len(self.images))

    @property
    def finished(self) -> bool:
        """Whether all attacks are done."""
        return len(self.images) == self.planned

    @property
    def classes(self) -> list[str]:
        """Name of each class; empty for an older run, which did not store them."""
        return self.plan.classes

    @property
    def measure(self) -> Measure:
        """What the probe measures."""
        return self.plan.measure

    @cached_property
    def curves(self) -> list[Curve]:
        """Mean shares over images, per center and box policy."""
        return curves(self.probes, self.measure, self.table(REFINED))

    @cached_property
    def own_tables(self) -> list[str]:
        """Names of the tables of the probe's own."""
        return own_tables(self.directory)

    def table(self, name: str) -> Frame:
        """A table of the probe's own; empty if there is none with that name."""
        return read_own_table(self.directory, name, self.images)

    def attack_estimates(self, analysis: str) -> Frame:
        """What an analysis said about each attack when the run ended, as `attack_estimates.plain` gives it.

        Empty if the analysis is not in the run, or says nothing about single attacks.

        Raises:
            DamagedError: the file is damaged.
        """
        return _attack_estimates(RunDirectory(self.directory), analysis)

    @cached_property
    def estimating(self) -> list[str]:
        """Names of the analyses that said something about each attack."""
        return sorted(path.stem for path in RunDirectory(self.directory).attack_estimates.glob("*.parquet"))

    def tensors(self, wanted: Collection[CaseKey] | None = None) -> Iterator[tuple[CaseKey, Pair]]:
        """Image and adversarial of the successful attacks, read one by one.

        Args:
            wanted: The attacks to read; None for all.
        """
        return read_tensors(self.directory, wanted)

    @property
    def has_tensors(self) -> bool:
        """Whether the run has stored images and adversarials."""
        return next(self.tensors(), None) is not None

    def class_name(self, label: int) -> str:
        """Name of a class; its number if its name was not stored."""
        if label == UNTARGETED:
            return "any other"
        return self.classes[label] if label < len(self.classes) else str(label)

    def called(self, kind: str) -> str:
        """Display name of a plugin: its architecture if it has one; for a library's attack its name in the library."""
        plugin = self.settings.get(kind) or {}
        name = str(plugin.get("plugin", self.images.iloc[0].get(kind, "?")))
        if kind == "attack" and plugin.get("name"):
            return f"{name} {plugin['name']}"
        return str(plugin.get("architecture") or name)

    @property
    def subject(self) -> str:
        """Data and model, such as `imagenet, mobilenetv2_100`."""
        return f"{self.called('dataset')}, {self.called('model')}"

    @property
    def title(self) -> str:
        """Data, model, attack with stop rule, and the noise, if any."""
        stop = (self.settings.get("attack") or {}).get("stop")
        attack = self.called("attack") + (f" ({stop})" if stop else "")
        noise = f", {self.called('noise')} noise" if self.measure.noise and len(self.probes) else ""
        return f"{self.subject}, {attack}{noise}"

    @property
    def command(self) -> str:
        """The command that started the run; empty if it was not stored."""
        run = RunDirectory(self.directory)
        return command_line(*run.read_overrides()) if run.overrides.exists() else ""


def read_run(directory: Path, settings: Settings | None = None, name: str = "") -> FinishedRun:
    """Read a run directory.

    Args:
        directory: The run directory.
        settings: The composed config; None to read the stored one.
        name: Name of the run among others.

    Raises:
        AdvspaceError: there is no finished image in `directory`.
        DamagedError: a file is damaged, or the tables do not agree.
    """
    from pyarrow import ArrowException

    run = RunDirectory(directory)
    _check(run)
    try:
        images, probes = read_tables(directory)
        plan = stored_plan(directory) if run.plan.exists() else NO_PLAN
        stored = run.read_settings() if settings is None else settings
    except AdvspaceError:
        raise
    except (ArrowException, OSError, ValueError, KeyError, TypeError, YAMLError) as error:
        reason = " ".join(str(error).split())
        raise DamagedError(
            f"the files of {directory} cannot be read ({reason}); restore them, or run it again"
        ) from error
    return FinishedRun(directory, name, stored, plan, images, probes)


def _attack_estimates(run: RunDirectory, analysis: str) -> Frame:
    import pandas as pd
    from pyarrow import ArrowException

    path = run.attack_estimates / f"{analysis}.parquet"
    if not path.exists():
        return pd.DataFrame()
    try:
        return pd.read_parquet(path)
    except (ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise DamagedError(f"{path} cannot be read ({reason}); make it again: {report_command(run.path)}") from error


def _check(run: RunDirectory) -> None:
    """Insist that the tables agree with one another and with the plan, where there is one.

    Raises:
        DamagedError: they do not; names the parts.
    """
    try:
        selection = stored_plan(run.path).selection if run.plan.exists() else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(
            f"the files of {run.path} cannot be read ({error}); restore them, or run it again"
        ) from error
    found = faults(run.path, set(zip(selection.ids, selection.targets, strict=True))) if selection else []
    if found:
        raise DamagedError(
            f"the files of {run.path} cannot be read together ({sentence(found)}); make these parts again: "
            f"{resume_command(run.path)}"
        )
