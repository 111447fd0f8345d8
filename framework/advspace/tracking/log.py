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
from advspace.tracking.table import wandb_table

MOST_ROWS = 10_000


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
        parts = (directory.summary, directory.images, directory.probes, directory.own_tables, directory.analysis)
        artifact = _log_files(run, "run", directory.path, (*parts, directory.figures, directory.report))
        tables = {"images": conclusion.run.images, "probes": conclusion.run.probes} | _tables(conclusion.findings)
        _log_tables(run, tables, artifact)
        _log_charts(run, conclusion.findings, directory.figures, tables)

    def log_comparison(self, compared: Compared) -> None:
        """Log a multirun: its table of runs, its charts, and all files as an artifact."""
        if self.logger is not None and compared.comparison.finished:
            with not_at_the_end():
                self._log_comparison(compared)

    def _log_comparison(self, compared: Compared) -> None:
        comparison = compared.comparison
        run, directory = self.logger.experiment, comparison.directory
        run.summary.update({"runs": len(comparison.finished), "failed": len(comparison.failed)})
        parts = (directory.comparison, directory.command, directory.report)
        artifact = _log_files(run, "multirun", directory.path, parts)
        tables = {"comparison": readable(comparison.runs)} | _tables(compared.findings)
        _log_tables(run, tables, artifact)
        _log_charts(run, compared.findings, directory.comparison, tables)


def _tables(findings: Findings) -> dict[str, pd.DataFrame]:
    return {name: finding.table for name, finding in findings.made.items() if len(finding.table)}


def _log_tables(run: Any, tables: Mapping[str, pd.DataFrame], artifact: str) -> None:
    """Log each table, at most the rows that wandb shows.

    The terminal and the summary of the wandb run say which tables are cut, and that the artifact has all rows.
    """
    cut = {name: len(table) for name, table in tables.items() if len(table) > MOST_ROWS}
    if cut:
        parts = " and of ".join(f"{rows} rows of table {name}" for name, rows in cut.items())
        text = f"wandb shows the first {MOST_ROWS} of {parts}; its artifact {artifact} has all of them"
        run.summary.update({"cut_tables": text})
        warn(text)
    run.log({name: wandb_table(table.head(MOST_ROWS)) for name, table in tables.items() if len(table)})


def _log_charts(run: Any, findings: Findings, folder: Path, taken: Collection[str]) -> None:
    """Log each chart under its name, or as `<name>_chart` if a table has this name."""
    import wandb

    names = {chart.name: f"{chart.name}_chart" if chart.name in taken else chart.name for chart in findings.charts}
    pictures = {key: folder / f"{name}.png" for name, key in names.items()}
    run.log({key: wandb.Image(str(path)) for key, path in pictures.items() if path.exists()})


def _log_files(run: Any, kind: str, directory: Path, paths: Sequence[Path]) -> str:
    """Log the existing files and folders as one artifact, and return its name."""
    import wandb

    name = f"{kind}-{run.id}"
    artifact = wandb.Artifact(name, type=kind)
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                artifact.add_file(str(file), name=file.relative_to(directory).as_posix())
    run.log_artifact(artifact)
    return name


@contextmanager
def not_at_the_end() -> Iterator[None]:
    """Turn an error of the block into a warning: tracking must not cost a run that is done."""
    try:
        yield
    except Exception as error:
        warn(f"wandb has not got everything ({one_line(error)}); all results are in the run directory")
