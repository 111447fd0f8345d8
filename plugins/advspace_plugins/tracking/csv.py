"""Runs as CSV files, which need no program to be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advspace.tracking.contract import Results, TrackedRun, Tracker

if TYPE_CHECKING:
    from pytorch_lightning.loggers import CSVLogger

FOLDER = "csv"


@dataclass(frozen=True)
class CSV(Tracker):
    """CSV files in the run directory: `csv/version_0/metrics.csv` has the curves of a training and the estimates.

    `csv/version_0/tables/` has each table, and `hparams.yaml` all settings.  A run that is resumed goes on in
    `version_1`.  Charts and report are in the run directory anyway.
    """

    @contextmanager
    def opened(self, run: TrackedRun) -> "Iterator[CSVLogger]":
        """Open Lightning's logger of CSV files."""
        from pytorch_lightning.loggers import CSVLogger

        logger = CSVLogger(run.directory, name=FOLDER)
        logger.log_hyperparams(dict(run.settings))
        logger.save()
        yield logger
        logger.finalize("success")

    def log(self, logger: Any, results: Results) -> None:
        """Log the estimates as a row of `metrics.csv`, and each table as a file."""
        logger.log_metrics(dict(results.estimates))
        tables = Path(logger.log_dir) / "tables"
        tables.mkdir(exist_ok=True)
        for name, table in results.tables.items():
            table.to_csv(tables / f"{name}.csv", index=False)

    def place(self, logger: Any, run: TrackedRun) -> str:
        """The folder of the files."""
        return "" if run.group and not run.compares else f"CSV files in {logger.log_dir}"
