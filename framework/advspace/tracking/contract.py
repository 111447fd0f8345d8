"""The tracker contract: a run that begins in, a logger of Lightning out; at the end it gets the results."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from advspace.errors import AdvspaceError
from advspace.shapes import Frame

if TYPE_CHECKING:
    from pytorch_lightning.loggers import Logger


@dataclass(frozen=True)
class TrackedRun:
    """A run that begins, or the comparison of a multirun.

    Args:
        directory: Its directory.
        settings: All its settings, as nested dicts.
        group: Name of its multirun; None if it belongs to none.
        name: Its name in the multirun, such as `noise=gaussian,seed=1`; None if it belongs to none.
        compares: Whether it is the comparison of a multirun.
    """

    directory: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    group: str | None = None
    name: str | None = None
    compares: bool = False

    @property
    def kind(self) -> str:
        """`run`, or `multirun` for a comparison."""
        return "multirun" if self.compares else "run"


@dataclass(frozen=True)
class Results:
    """What a finished run, or the comparison of a multirun, gives to a tracker.

    Args:
        kind: `run` or `multirun`.
        directory: Its directory.
        estimates: Numbers by name, and texts such as `above` for a number that is only known to be beyond its value.
        tables: Tables by name.
        charts: PNG files by name; no chart has the name of a table.
        files: All files to keep, below the directory.
        report: The report, one web page; None if there is none.
        settings: All settings of the run, as nested dicts; empty for a comparison.
    """

    kind: str
    directory: Path
    estimates: Mapping[str, Any]
    tables: Mapping[str, Frame]
    charts: Mapping[str, Path]
    files: Sequence[Path]
    report: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, float]:
        """The estimates that are numbers."""
        return {name: float(value) for name, value in self.estimates.items() if isinstance(value, int | float)}

    @property
    def texts(self) -> dict[str, str]:
        """The estimates that are texts."""
        return {name: value for name, value in self.estimates.items() if isinstance(value, str)}


class Tracker(ABC):
    """A place where runs are logged: wandb, TensorBoard, MLflow, ...

    `needs` names the modules that it imports, each with the command that installs it.  An error while a run is logged
    does not stop the run: it is told, and the tracker gets nothing more.
    """

    needs: ClassVar[Mapping[str, str]] = {}

    def check(self, name: str) -> None:
        """Check before any work that the tracker can be used.

        Args:
            name: Name of the tracker.

        Raises:
            AdvspaceError: a package is not installed.
        """
        for module, command in self.needs.items():
            if find_spec(module) is None:
                raise AdvspaceError(
                    f"tracking={name} needs the package {module}, which is not installed; install it ({command}), or "
                    "choose another tracker (tracking=csv, tracking=off)"
                )

    @abstractmethod
    def opened(self, run: TrackedRun) -> "AbstractContextManager[Logger | None]":
        """Open a run within a block; the logger gets the metrics of a training.  None logs nothing, without a word.

        Args:
            run: The run.

        Raises:
            AdvspaceError: a setting is wrong: the program ends before any work.  After any other error the run goes on
                without this tracker.
        """

    @abstractmethod
    def log(self, logger: Any, results: Results) -> None:
        """Log the results of a run, as far as the tracker can hold them.

        Args:
            logger: The logger from `opened`.
            results: The results.
        """

    def place(self, logger: Any, run: TrackedRun) -> str:
        """Where the run is and how to see it, in one line without a full stop; empty to say nothing.

        Args:
            logger: The logger from `opened`.
            run: The run.
        """
        del logger, run
        return ""
