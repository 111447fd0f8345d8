"""What a run of Weights & Biases gets: estimates, tables, charts, and all files as an artifact."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from advspace.analysis.findings import Findings
from advspace.analysis.summary import Conclusion, headline
from advspace.comparison.comparison import Compared, readable
from advspace.errors import one_line, warn
from advspace.run_directory import RunDirectory

MOST_ROWS = 10_000
TYPED_ROWS = 20


@dataclass(frozen=True)
class Tracking:
    """An open wandb run, or none.

    Args:
        logger: Lightning's WandbLogger, or None.
    """

    logger: Any

    def log_run(self, conclusion: Conclusion) -> None:
        """Log a probe run: estimates, tables, charts, and all files as an artifact."""
        if self.logger is not None:
            with not_at_the_end():
                self._log_run(conclusion)

    def _log_run(self, conclusion: Conclusion) -> None:
        run, directory = self.logger.experiment, RunDirectory(conclusion.run.directory)
        run.summary.update(headline(conclusion.summary))
        tables = {"images": conclusion.run.images, "probes": conclusion.run.probes} | _tables(conclusion.findings)
        _log_tables(run, tables)
        _log_charts(run, conclusion.findings, directory.figures, tables)
        parts = (directory.summary, directory.images, directory.probes, directory.own_tables, directory.analysis)
        _log_files(run, "run", directory.path, (*parts, directory.figures, directory.report))

    def log_comparison(self, compared: Compared) -> None:
        """Log a multirun: its table of runs, its charts, and all files as an artifact."""
        if self.logger is not None and compared.comparison.finished:
            with not_at_the_end():
                self._log_comparison(compared)

    def _log_comparison(self, compared: Compared) -> None:
        comparison = compared.comparison
        run, directory = self.logger.experiment, comparison.directory
        run.summary.update({"runs": len(comparison.finished), "failed": len(comparison.failed)})
        tables = {"comparison": readable(comparison.runs)} | _tables(compared.findings)
        _log_tables(run, tables)
        _log_charts(run, compared.findings, directory.comparison, tables)
        _log_files(run, "multirun", directory.path, (directory.comparison, directory.command, directory.report))


def _tables(findings: Findings) -> dict[str, pd.DataFrame]:
    return {name: finding.table for name, finding in findings.made.items() if len(finding.table)}


def _log_tables(run: Any, tables: Mapping[str, pd.DataFrame]) -> None:
    """Log each table, at most the rows that wandb shows; the artifact has all rows."""
    for name, table in tables.items():
        if len(table) > MOST_ROWS:
            warn(
                f"wandb shows the first {MOST_ROWS} of {len(table)} rows of table {name}; its artifact has all of them"
            )
    run.log({name: _wandb_table(table.head(MOST_ROWS)) for name, table in tables.items() if len(table)})


def _wandb_table(table: pd.DataFrame) -> Any:
    """A table for wandb with types from its first rows: wandb needs half a millisecond to read the types of a row."""
    import wandb

    result = wandb.Table(dataframe=table.head(TYPED_ROWS))
    result.data.extend(table.iloc[TYPED_ROWS:].values.tolist())
    return result


def _log_charts(run: Any, findings: Findings, folder: Path, taken: Collection[str]) -> None:
    """Log each chart under its name, or as `<name>_chart` if a table has this name."""
    import wandb

    names = {chart.name: f"{chart.name}_chart" if chart.name in taken else chart.name for chart in findings.charts}
    pictures = {key: folder / f"{name}.png" for name, key in names.items()}
    run.log({key: wandb.Image(str(path)) for key, path in pictures.items() if path.exists()})


def _log_files(run: Any, kind: str, directory: Path, paths: Sequence[Path]) -> None:
    """Log the existing files and folders as one artifact."""
    import wandb

    artifact = wandb.Artifact(f"{kind}-{run.id}", type=kind)
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                artifact.add_file(str(file), name=file.relative_to(directory).as_posix())
    run.log_artifact(artifact)


@contextmanager
def not_at_the_end() -> Iterator[None]:
    """Turn an error of the block into a warning: tracking must not cost a run that is done."""
    try:
        yield
    except Exception as error:
        warn(f"wandb has not got everything ({one_line(error)}); all results are in the run directory")
