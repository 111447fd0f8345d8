"""Runs in TensorBoard."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from advspace.shapes import Frame
from advspace.tracking.contract import Results, TrackedRun, Tracker

if TYPE_CHECKING:
    from pytorch_lightning.loggers import TensorBoardLogger

FOLDER = "tensorboard"
MOST_ROWS = 100
"""Rows of a table that TensorBoard gets: it shows a table as one text."""


@dataclass(frozen=True)
class TensorBoard(Tracker):
    """TensorBoard: curves and estimates as scalars, charts as images, settings and tables as texts.

    The files are in the folder `tensorboard` of the run directory.  The tab HPARAMS compares the settings and the
    estimates of all runs below a folder.

    Source: https://www.tensorflow.org/tensorboard
    """

    needs: ClassVar[Mapping[str, str]] = {"tensorboard": "pip install 'advspace[tensorboard]'"}

    @contextmanager
    def opened(self, run: TrackedRun) -> "Iterator[TensorBoardLogger]":
        """Open Lightning's logger of TensorBoard."""
        from pytorch_lightning.loggers import TensorBoardLogger

        logger = TensorBoardLogger(run.directory, name=FOLDER, version="", default_hp_metric=False)
        settings = yaml.safe_dump(dict(run.settings), sort_keys=False)
        logger.experiment.add_text("settings", f"<pre>{escape(settings)}</pre>")
        yield logger
        logger.finalize("success")

    def log(self, logger: Any, results: Results) -> None:
        """Log estimates, charts and tables, and where the report is."""
        writer, numbers = logger.experiment, results.numbers
        logger.log_hyperparams(dict(results.settings), numbers, 0)
        for name, value in results.texts.items():
            writer.add_text(name, escape(value))
        for name, path in results.charts.items():
            writer.add_image(name, _pixels(path), dataformats="HWC")
        for name, table in results.tables.items():
            writer.add_text(f"tables/{name}", _html(table))
        if results.report is not None:
            writer.add_text("report", escape(str(results.report)))

    def place(self, logger: Any, run: TrackedRun) -> str:
        """The command that shows the run, or all runs of a multirun."""
        del logger
        folder = shlex.quote(str(run.directory))
        return "" if run.group and not run.compares else f"TensorBoard: tensorboard --logdir {folder}"


def _pixels(path: Path) -> Any:
    """The pixels of a picture, height x width x 3."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _html(table: Frame) -> str:
    more = f"<p>{MOST_ROWS} of {len(table)} rows</p>" if len(table) > MOST_ROWS else ""
    html: str = table.head(MOST_ROWS).to_html(index=False, border=0)
    return more + html.replace("\n", "")
