"""Every path in the directory of a run, and of a multirun."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advspace.errors import DamagedError
from advspace.files.checksums import changed
from advspace.files.untrusted import ANEW, read_json, read_yaml


@dataclass(frozen=True)
class RunDirectory:
    """The directory of one run.

    Args:
        path: Path of the directory.
    """

    path: Path

    @property
    def config(self) -> Path:
        """The composed config, as Hydra stores it."""
        return self.path / ".hydra" / "config.yaml"

    @property
    def overrides(self) -> Path:
        """The overrides of the command line, as Hydra stores them."""
        return self.path / ".hydra" / "overrides.yaml"

    @property
    def identity(self) -> Path:
        """The settings that decide the run's results, kept at its birth."""
        return self.path / "identity.json"

    @property
    def stored_checksums(self) -> Path:
        """Checksums of the files that Hydra stores."""
        return self.config.with_name("checksums.json")

    @property
    def checksums(self) -> Path:
        """Checksums of the parts of all tables, one file for each batch."""
        return self.path / "checksums"

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
        """The packages of the plugins."""
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
        """The probe's own tables."""
        return self.path / "probes"

    @property
    def tensors(self) -> Path:
        """Originals and adversarials, a folder of parts."""
        return self.path / "tensors"

    @property
    def analysis(self) -> Path:
        """The tables of the analyses, one file each."""
        return self.path / "analysis"

    @property
    def attack_estimates(self) -> Path:
        """What the analyses say about each attack, one table each."""
        return self.analysis / "attack_estimates"

    @property
    def figures(self) -> Path:
        """The charts of the analyses, as pictures."""
        return self.path / "figures"

    @property
    def summary(self) -> Path:
        """The summary of the run."""
        return self.path / "summary.json"

    @property
    def report(self) -> Path:
        """The report of the run, one page."""
        return self.path / "report.html"

    @property
    def failure(self) -> Path:
        """The reason why the run failed in a multirun."""
        return self.path / "failure.json"

    @property
    def multirun(self) -> "MultirunDirectory | None":
        """The nearest directory above that has the command of a multirun; None if there is none."""
        above = (MultirunDirectory(path) for path in self.path.absolute().parents)
        return next((each for each in above if each.command.exists()), None)

    @property
    def label(self) -> str:
        """The last two names of the path.  Reports do not show the whole path, because they are sent to others."""
        return "/".join(self.path.resolve().parts[-2:])

    def read_settings(self) -> dict[str, Any]:
        """The stored config as nested dicts, without resolving anything; empty if none is stored.

        Raises:
            DamagedError: it is damaged.
        """
        settings: Any = self._stored(self.config)
        return dict(settings) if isinstance(settings, Mapping) else {}

    def read_overrides(self) -> list[str]:
        """The overrides of the command line; empty if they are not stored.

        Raises:
            DamagedError: they are damaged.
        """
        stored: Any = self._stored(self.overrides)
        return [str(override) for override in stored] if isinstance(stored, list) else []

    def _stored(self, path: Path) -> Any:
        """The content of a file that Hydra stored; None if there is none, unless it was there once."""
        if path.name in changed(self.stored_checksums, path.parent):
            raise DamagedError(f"{path} is not what it was when the run began; {ANEW}")
        return read_yaml(path) if path.exists() else None


@dataclass(frozen=True)
class MultirunDirectory:
    """The directory of a multirun.

    Args:
        path: Path of the directory.
    """

    path: Path

    @property
    def command(self) -> Path:
        """The config of the multirun, with its command."""
        return self.path / "multirun.yaml"

    @property
    def overrides(self) -> Path:
        """The overrides of that command once more, with a checksum."""
        return self.path / "overrides.json"

    @property
    def comparison(self) -> Path:
        """The tables and charts of the comparison."""
        return self.path / "comparison"

    @property
    def analysis(self) -> Path:
        """The tables of the analyses that compare the runs, one file each, also as CSV."""
        return self.comparison / "analysis"

    @property
    def report(self) -> Path:
        """The report that compares the runs, one page."""
        return self.path / "report.html"

    @property
    def label(self) -> str:
        """The last two names of the path."""
        return RunDirectory(self.path).label

    def read_overrides(self, part: str = "task") -> list[str]:
        """The overrides of the command that started the multirun; empty if they are not stored.

        Args:
            part: `task`, or `hydra` for those of Hydra's own settings.

        Raises:
            AdvspaceError: the stored command is damaged.
        """
        try:
            stored: Any = read_json(self.overrides)
        except DamagedError:  # or missing, as in a multirun of an older version
            stored = read_yaml(self.command) if self.command.exists() else {}
        for key in ("hydra", "overrides", part):
            stored = stored.get(key) if isinstance(stored, Mapping) else None
        return [str(override) for override in stored or []]

    def runs(self) -> list[RunDirectory]:
        """The directories of all runs, in the order of their start."""
        configs = self.path.glob(str(Path("**") / RunDirectory(Path()).config))
        paths = [path.parent.parent for path in configs if path.parent.parent != self.path]
        ordered = sorted(paths, key=lambda path: [(len(part), part) for part in path.relative_to(self.path).parts])
        return [RunDirectory(path) for path in ordered]
