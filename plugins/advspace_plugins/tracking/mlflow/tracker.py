"""Runs in MLflow: in a database, or on a server."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from advspace.checks import above
from advspace.tracking.contract import Results, TrackedRun, Tracker
from advspace_plugins.tracking.mlflow.server import address, beginning, bounded, is_server

if TYPE_CHECKING:
    from pytorch_lightning.loggers import MLFlowLogger

EXPERIMENT = "advspace"
MOST_ROWS = 10_000
"""Rows of a table that MLflow shows; the files have all of them."""


@dataclass(frozen=True, kw_only=True)
class MLflow(Tracker):
    """MLflow: curves and estimates as metrics, settings as parameters, tables, charts and the report as artifacts.

    The command line counts most, then the environment variables that are named, then the defaults.  If the server is
    away, the run goes on without it.

    Args:
        uri: Database or server; null for MLFLOW_TRACKING_URI, or what MLflow takes itself (`mlflow.db` in the current
            folder).
        experiment: Name of MLflow's experiment; null for MLFLOW_EXPERIMENT_NAME, or `advspace`.
        group: Tag `group` of the run; null for the directory of a multirun.
        name: Name of the run; null for what varies in a multirun.
        timeout: Time to wait for the server, seconds, for each request; MLFLOW_HTTP_REQUEST_TIMEOUT and
            MLFLOW_HTTP_REQUEST_MAX_RETRIES count more.

    Source: https://mlflow.org
    """

    uri: str | None = None
    experiment: str | None = None
    group: str | None = None
    name: str | None = None
    timeout: float = 30
    needs: ClassVar[Mapping[str, str]] = {"mlflow": "pip install 'advspace[mlflow]'"}

    def __post_init__(self) -> None:
        above("timeout", self.timeout, 0)

    @contextmanager
    def opened(self, run: TrackedRun) -> "Iterator[MLFlowLogger]":
        """Begin a run of MLflow; its status says how the block ended.

        Raises:
            AdvspaceError: MLflow cannot use a store of this kind.
            ConnectionError: the server is away.
        """
        with bounded(self.timeout):
            logger = self._begun(run)
            try:
                yield logger
            except BaseException:
                logger.finalize("failed")
                raise
            logger.finalize("success")

    def _begun(self, run: TrackedRun) -> "MLFlowLogger":
        import mlflow
        from pytorch_lightning.loggers import MLFlowLogger

        uri, group = self.uri or mlflow.get_tracking_uri(), self.group or run.group
        with beginning(uri):
            logger = MLFlowLogger(
                experiment_name=self.experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT,
                run_name=run.name if run.compares else self.name or run.name,
                tracking_uri=uri,
                tags={"kind": run.kind, "directory": str(run.directory)} | ({"group": group} if group else {}),
            )
            assert logger.run_id  # this begins the run
            logger.log_hyperparams(dict(run.settings))
        return logger

    def log(self, logger: Any, results: Results) -> None:
        """Log the estimates, and tables and all files as artifacts."""
        client, run = logger.experiment, logger.run_id
        logger.log_metrics({_allowed(name): value for name, value in results.numbers.items()})
        for name, value in results.texts.items():
            client.set_tag(run, _allowed(name), value)
        for file in results.files:
            folder = PurePosixPath(file.relative_to(results.directory).as_posix()).parent
            client.log_artifact(run, str(file), None if folder == PurePosixPath() else str(folder))
        for name, table in results.tables.items():
            client.log_text(run, table.head(MOST_ROWS).to_csv(index=False), f"tables/{name}.csv")

    def place(self, logger: Any, run: TrackedRun) -> str:
        """The address of the run on a server, or the command that shows a local store."""
        if run.group and not run.compares:
            return ""
        uri = logger._tracking_uri
        if is_server(uri):
            return f"MLflow: {address(uri)}/#/experiments/{logger.experiment_id}/runs/{logger.run_id}"
        return f"MLflow: mlflow ui --backend-store-uri {shlex.quote(uri)}"


def _allowed(name: str) -> str:
    """The name without the signs that MLflow refuses."""
    return re.sub(r"[^\w/. -]", "_", name)
