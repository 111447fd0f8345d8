"""Logging of runs to Weights & Biases; by default online only if the user is logged in."""

import os
import shlex
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
from advspace.errors import AdvspaceError, one_line, warn
from advspace.lightning import first_process
from advspace.run_directory import RunDirectory
from advspace.settings import TrackingSettings, plain

if TYPE_CHECKING:
    import pytorch_lightning as pl

WANDB_MODES = {
    **{mode: mode for mode in ("online", "offline", "disabled", "shared")},
    **{"run": "online", "dryrun": "offline"},
}
"""Values of WANDB_MODE, with wandb's older names."""
PROJECT = "advspace"
TIMEOUT = 30
"""Time to wait for the server, seconds."""
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
        if self.logger is not None:
            with _not_at_the_end():
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
            with _not_at_the_end():
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
def open_logger(config: DictConfig, directory: Path) -> Iterator[Tracking]:
    """Open a wandb run in the run directory within the block, in the first process only.

    The command line counts first, then the user's environment variables for wandb, then our defaults.

    Raises:
        AdvspaceError: a setting or WANDB_MODE is unknown, or wandb cannot begin.
    """
    settings = TrackingSettings(**plain(config.tracking))
    mode = _mode(settings)
    if mode == "disabled" or not first_process():
        yield Tracking(None)
        return
    with _home_for_wandb(directory):
        logger = _logger(config, directory, mode)
        offline = _offline_folder(logger)
        try:
            yield Tracking(logger)
        finally:
            _finish()
            if offline:
                command = f"wandb sync {shlex.quote(str(offline))}"
                print(f"wandb keeps this run in {offline}; send it with: {command}", file=sys.stderr, flush=True)


def _mode(settings: TrackingSettings) -> str:
    """How to track: `auto` leaves it to WANDB_MODE, and else to whether wandb has a key."""
    asked = os.environ.get("WANDB_MODE")
    if settings.mode != "auto":
        return settings.mode
    if asked:
        one_of("WANDB_MODE", asked, WANDB_MODES)
        return WANDB_MODES[asked]
    return "online" if logged_in() else "offline"


@contextmanager
def _home_for_wandb(directory: Path) -> Iterator[None]:
    """Let wandb keep its own files in the run directory within the block, if there is no home that can be written."""
    if os.access(os.path.expanduser("~"), os.W_OK | os.X_OK):
        yield
        return
    ours = {f"WANDB_{name}_DIR": str(directory / "wandb" / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
    before = dict(os.environ)
    os.environ.update({name: folder for name, folder in ours.items() if name not in before})
    try:
        yield
    finally:
        for name in ours.keys() - before.keys():
            del os.environ[name]


def _offline_folder(logger: "pl.loggers.WandbLogger") -> Path | None:
    """The folder of an offline run; None for an online run."""
    run = logger.experiment
    return Path(run.dir).parent if run.settings.mode == "offline" else None


def _finish() -> None:
    import wandb

    with _not_at_the_end():
        wandb.finish()


@contextmanager
def _not_at_the_end() -> Iterator[None]:
    """Turn an error of the block into a warning: tracking must not cost a run that is done."""
    try:
        yield
    except Exception as error:
        warn(f"wandb has not got everything ({one_line(error)}); all results are in the run directory")


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


def _logger(config: DictConfig, directory: Path, mode: str) -> "pl.loggers.WandbLogger":
    """A wandb logger; offline if the server cannot be reached.

    Raises:
        AdvspaceError: wandb cannot begin.
    """
    import wandb

    try:
        return _started(config, directory, mode)
    except (wandb.errors.CommError, wandb.errors.AuthenticationError, wandb.errors.UsageError) as error:
        if mode == "offline":
            raise _cannot_begin(error) from error
        first = str(error).splitlines()[0]
        warn(f"wandb cannot be reached ({first}); the run is logged offline, send it later with 'wandb sync'")
        return _logger(config, directory, "offline")
    except Exception as error:
        raise _cannot_begin(error) from error


def _cannot_begin(error: Exception) -> AdvspaceError:
    return AdvspaceError(f"wandb cannot begin ({one_line(error)}); set WANDB_DIR to another folder, or tracking=off")


def _started(config: DictConfig, directory: Path, mode: str) -> "pl.loggers.WandbLogger":
    """A wandb logger with a started run."""
    import pytorch_lightning as pl
    import wandb

    tracking, sweep, user = TrackingSettings(**plain(config.tracking)), current_sweep(), os.environ
    ours: dict[str, Any] = {"silent": True, "console": "off", "init_timeout": TIMEOUT}
    settings: dict[str, Any] = {"mode": mode} | {
        name: value for name, value in ours.items() if f"WANDB_{name.upper()}" not in user
    }
    if tracking.timeout is not None:
        settings["init_timeout"] = tracking.timeout
    logger = pl.loggers.WandbLogger(
        project=tracking.project or user.get("WANDB_PROJECT") or PROJECT,
        entity=tracking.entity,
        group=tracking.group or user.get("WANDB_RUN_GROUP") or (sweep.group if sweep else None),
        name=tracking.name or user.get("WANDB_NAME") or (sweep.run if sweep else None),
        save_dir=user.get("WANDB_DIR") or str(directory),
        settings=wandb.Settings(**settings),
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
