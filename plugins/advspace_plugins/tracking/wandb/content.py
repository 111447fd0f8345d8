"""What a wandb run gets of results: estimates, tables, charts, and all files as an artifact."""

from typing import Any

from advspace.errors import warn
from advspace.tracking.contract import Results
from advspace_plugins.tracking.wandb.table import wandb_table

MOST_ROWS = 10_000
"""Rows of a table that wandb shows."""


def log_results(run: Any, results: Results) -> None:
    """Log results to a wandb run.

    Args:
        run: The wandb run.
        results: The results of a run or of a multirun.
    """
    import wandb

    run.summary.update(dict(results.estimates))
    artifact = _log_files(run, results)
    _log_tables(run, results, artifact)
    run.log({key: wandb.Image(str(path)) for key, path in results.charts.items()})


def _log_tables(run: Any, results: Results, artifact: str) -> None:
    """Log each table, at most the rows that wandb shows.

    The terminal and the summary of the wandb run say which tables are cut, and that the artifact has all rows.
    """
    cut = {name: len(table) for name, table in results.tables.items() if len(table) > MOST_ROWS}
    if cut:
        parts = " and of ".join(f"{rows} rows of table {name}" for name, rows in cut.items())
        text = f"wandb shows the first {MOST_ROWS} of {parts}; its artifact {artifact} has all of them"
        run.summary.update({"cut_tables": text})
        warn(text)
    run.log({name: wandb_table(table.head(MOST_ROWS)) for name, table in results.tables.items() if len(table)})


def _log_files(run: Any, results: Results) -> str:
    """Log all files as one artifact, and return its name."""
    import wandb

    name = f"{results.kind}-{run.id}"
    artifact = wandb.Artifact(name, type=results.kind)
    for file in results.files:
        artifact.add_file(str(file), name=file.relative_to(results.directory).as_posix())
    run.log_artifact(artifact)
    return name
