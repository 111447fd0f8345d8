"""Runs in Trackio: in a database of the user's, or in a Space of Hugging Face."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, ClassVar

from advspace.shapes import Frame
from advspace.tracking.contract import Results, TrackedRun, Tracker

if TYPE_CHECKING:
    from advspace_plugins.tracking.trackio.logger import TrackioLogger

PROJECT = "advspace"
MOST_ROWS = 10_000
"""Rows of a table that Trackio shows; the artifact has all of them."""


@dataclass(frozen=True, kw_only=True)
class Trackio(Tracker):
    """Trackio: curves and estimates, settings, tables, charts, the report, and all files as an artifact.

    Runs are kept on this machine, in the folder TRACKIO_DIR, if no Space and no server is given.

    Args:
        project: Name of the project.
        group: Group of the run; null for the directory of a multirun.
        name: Name of the run; null for what varies in a multirun, or a name of Trackio's.
        space: Space of Hugging Face, such as `user/space`; null for TRACKIO_SPACE_ID, or none.

    Source: https://huggingface.co/docs/trackio
    """

    project: str = PROJECT
    group: str | None = None
    name: str | None = None
    space: str | None = None
    needs: ClassVar[Mapping[str, str]] = {"trackio": "pip install 'advspace[trackio]'"}

    @contextmanager
    def opened(self, run: TrackedRun) -> "Iterator[TrackioLogger]":
        """Begin a run of Trackio."""
        import trackio

        from advspace_plugins.tracking.trackio.logger import TrackioLogger

        with redirect_stdout(StringIO()):  # it prints what the command says already
            begun = trackio.init(
                project=self.project,
                name=run.name if run.compares else self.name or run.name,
                group=self.group or run.group,
                space_id=self.space,
                config=dict(run.settings),
                embed=False,
                auto_log_gpu=False,
                auto_log_cpu=False,
            )
        try:
            yield TrackioLogger(begun)
        finally:
            with redirect_stdout(StringIO()):
                trackio.finish()

    def log(self, logger: Any, results: Results) -> None:
        """Log estimates, tables, charts and the report, and all files as an artifact."""
        import trackio

        shown: dict[str, Any] = {**results.numbers, **results.texts}
        for name, table in results.tables.items():
            shown[name] = trackio.Table(dataframe=_plain(table.head(MOST_ROWS)))
        for name, path in results.charts.items():
            shown[name] = trackio.Image(str(path))
        logger.experiment.log(shown)
        artifact = trackio.Artifact(f"{results.kind}-{logger.experiment.id}", type=results.kind)
        for file in results.files:
            artifact.add_file(str(file), name=file.relative_to(results.directory).as_posix())
        logger.experiment.log_artifact(artifact)

    def place(self, logger: Any, run: TrackedRun) -> str:
        """The command that shows the project."""
        del logger
        return "" if run.group and not run.compares else f"Trackio: trackio show --project {self.project}"


def _plain(table: Frame) -> Frame:
    """The table with lists and arrays as texts, which Trackio cannot store."""
    lists = [name for name in table.columns if table[name].map(lambda cell: hasattr(cell, "__len__")).any()]
    result = table.copy()
    for name in lists:
        result[name] = table[name].map(str)
    return result
