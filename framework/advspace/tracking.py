"""Logging of runs to Weights & Biases; by default online only if the user is logged in."""

import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import pandas as pd
from omegaconf import DictConfig

from advspace.analysis.findings import Findings
from advspace.analysis.summary import Conclusion, headline
from advspace.checks import one_of
from advspace.comparison.comparison import Compared, readable
from advspace.comparison.membership import current_sweep
from advspace.errors import warn
from advspace.lightning import first_process
from advspace.run_directory import RunDirectory
from advspace.settings import plain

if TYPE_CHECKING:
    import pytorch_lightning as pl

MODES = ("auto", "online", "offline", "disabled")
MOST_ROWS = 10_000
TYPED_ROWS = 20
FORMER_HOST = "api.wandb.ai"
"""wandb's former address; keys stored for it are still valid."""


@dataclass(frozen=True)
class Tracking:
    """An open wandb run, or none.

    Args:
        logger: Lightning's WandbLogger, or None.
    """

    logger: Any

    def log_run(self, conclusion: Conclusion) -> None:
        """Log a probe run: estimates, tables, charts, and all files as an artifact."""
        if self.logger is None:
            return
        run, directory = self.logger.experiment, RunDirectory(conclusion.run.directory)
        run.summary.update(headline(conclusion.summary))
        tables = {"images": conclusion.run.images, "probes": conclusion.run.probes} | _tables(conclusion.findings)
        _log_tables(run, tables)
        _log_charts(run, conclusion.findings, directory.figures, tables)
        parts = (directory.summary, directory.images, directory.probes, directory.own_tables, directory.analysis)
        _log_files(run, "run", directory.path, (*parts, directory.figures, directory.report))

    def log_comparison(self, compared: Compared) -> None:
        """Log a multirun: its table of runs, its charts, and all files as an artifact."""
        comparison = compared.comparison
        if self.logger is None or not comparison.finished:
            return
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
def open_logger(config: DictConfig, directory: Path) -> Iterator[Tracking]:
    """Open a wandb run in the run directory within the block, in the first process only.

    Raises:
        AdvspaceError: the mode is unknown.
    """
    mode = config.tracking.mode
    one_of("tracking.mode", mode, MODES)
    if mode == "disabled" or not first_process():
        yield Tracking(None)
        return
    import wandb

    logger = _logger(config, directory, online=mode == "online" or (mode == "auto" and logged_in()))
    try:
        yield Tracking(logger)
    finally:
        wandb.finish()


def logged_in() -> bool:
    """Whether there is a key for wandb in WANDB_API_KEY or in the user's netrc file."""
    if os.environ.get("WANDB_API_KEY"):
        return True
    import wandb

    host = urlparse(wandb.Settings().base_url).hostname or ""
    hosts = (host,) if os.environ.get("WANDB_BASE_URL") else (host, FORMER_HOST)
    try:
        known = netrc(os.environ.get("NETRC"))
    except (OSError, NetrcParseError):
        return False
    return any(known.authenticators(name) for name in hosts)


def _logger(config: DictConfig, directory: Path, *, online: bool) -> "pl.loggers.WandbLogger":
    """A wandb logger; offline if the server cannot be reached."""
    import wandb

    try:
        return _started(config, directory, online=online)
    except (wandb.errors.CommError, wandb.errors.AuthenticationError, wandb.errors.UsageError) as error:
        if not online:
            raise
        first = str(error).splitlines()[0]
        warn(f"wandb cannot be reached ({first}); the run is logged offline, send it later with 'wandb sync'")
        return _started(config, directory, online=False)


def _started(config: DictConfig, directory: Path, *, online: bool) -> "pl.loggers.WandbLogger":
    """A wandb logger with a started run."""
    import pytorch_lightning as pl
    import wandb

    tracking, sweep = config.tracking, current_sweep()
    mode: Any = "online" if online else "offline"
    logger = pl.loggers.WandbLogger(
        project=tracking.project,
        entity=tracking.entity,
        group=tracking.group or (sweep.group if sweep else None),
        name=tracking.name or (sweep.run if sweep else None),
        save_dir=str(directory),
        settings=wandb.Settings(mode=mode, silent=True, console="off", init_timeout=tracking.timeout),
    )
    with _without_launcher():
        logger.experiment.config.update(plain(config))
    return logger


@contextmanager
def _without_launcher() -> Iterator[None]:
    """Start a wandb run within the block without importing wandb's launcher, which takes as long as the rest of wandb.

    wandb imports it to read inputs that were staged with it; if it was not imported before, there are none.  With a
    wandb release that does this in another way, the start is only slower.
    """
    import wandb

    name = "_detect_and_apply_job_inputs"
    asking = vars(wandb.Run).get(name)
    if asking is None or "wandb.sdk.launch" in sys.modules:
        yield
        return
    setattr(wandb.Run, name, lambda run: None)
    try:
        yield
    finally:
        setattr(wandb.Run, name, asking)
