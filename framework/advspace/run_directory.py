"""Every name in the directory of a run, and of a multirun."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf


@dataclass(frozen=True)
class RunDirectory:
    """The directory of one run.

    Args:
        path: Where it is.
    """

    path: Path

    @property
    def config(self) -> Path:
        """The composed config, as Hydra stores it."""
        return self.path / ".hydra" / "config.yaml"

    @property
    def overrides(self) -> Path:
        """What the command line set, as Hydra stores it."""
        return self.path / ".hydra" / "overrides.yaml"

    @property
    def identity(self) -> Path:
        """The settings that decide the run's results, kept at its birth."""
        return self.path / "identity.json"

    @property
    def locks(self) -> Path:
        """A lock per process that writes into the directory."""
        return self.path / ".locks"

    @property
    def plan(self) -> Path:
        """Images, targets, names of the classes, digest of the weights."""
        return self.path / "plan.json"

    @property
    def plugins(self) -> Path:
        """The packages that the plugins come from."""
        return self.path / "plugins.json"

    @property
    def images(self) -> Path:
        """The table of images, a folder of parts."""
        return self.path / "images.parquet"

    @property
    def probes(self) -> Path:
        """The table of probes, a folder of parts."""
        return self.path / "probes.parquet"

    def table(self, name: str) -> Path:
        """A table of the probe's own, a folder of parts."""
        return self.own_tables / f"{name}.parquet"

    @property
    def own_tables(self) -> Path:
        """The tables of the probe's own."""
        return self.path / "probes"

    @property
    def tensors(self) -> Path:
        """Originals and adversarials, a folder of parts."""
        return self.path / "tensors"

    @property
    def analysis(self) -> Path:
        """The tables of the analyses, a file each."""
        return self.path / "analysis"

    @property
    def figures(self) -> Path:
        """The charts of the analyses, as pictures."""
        return self.path / "figures"

    @property
    def summary(self) -> Path:
        """What the run found, in one file."""
        return self.path / "summary.json"

    @property
    def report(self) -> Path:
        """What the run found, on one page."""
        return self.path / "report.html"

    @property
    def failure(self) -> Path:
        """Why the run failed in a multirun."""
        return self.path / "failure.json"

    @property
    def label(self) -> str:
        """The last two names of the path, which tell runs apart; not the whole path, for reports are sent to others."""
        return "/".join(self.path.resolve().parts[-2:])

    def read_settings(self) -> dict[str, Any]:
        """The stored config as nested dicts; empty where none is stored."""
        settings: Any = (
            OmegaConf.to_container(OmegaConf.load(self.config), resolve=True) if self.config.exists() else {}
        )
        return dict(settings) if isinstance(settings, Mapping) else {}

    def read_overrides(self) -> list[str]:
        """What the command line set; empty where that is not stored."""
        stored: Any = OmegaConf.load(self.overrides) if self.overrides.exists() else []
        return [str(override) for override in stored]


@dataclass(frozen=True)
class MultirunDirectory:
    """The directory of a multirun.

    Args:
        path: Where it is.
    """

    path: Path

    @property
    def command(self) -> Path:
        """The command that started it, in full."""
        return self.path / "multirun.yaml"

    @property
    def comparison(self) -> Path:
        """What its runs have in common and what not."""
        return self.path / "comparison"

    @property
    def report(self) -> Path:
        """Its runs side by side, on one page."""
        return self.path / "report.html"

    @property
    def label(self) -> str:
        """The last two names of the path."""
        return RunDirectory(self.path).label

    def runs(self) -> list[RunDirectory]:
        """The directories of all its runs, in the order in which they were started."""
        configs = self.path.glob(str(Path("**") / RunDirectory(Path()).config))
        found = [path.parent.parent for path in configs if path.parent.parent != self.path]
        ordered = sorted(found, key=lambda path: [(len(part), part) for part in path.relative_to(self.path).parts])
        return [RunDirectory(path) for path in ordered]
