"""MLflow's client with a bounded patience, and its errors in a few words."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from urllib.parse import urlsplit

from advspace.errors import AdvspaceError, cause

TRIES = 2
"""Requests to a server before it counts as away."""
LOUD = ("mlflow", "alembic", "pytorch_lightning.loggers.mlflow")
"""Loggers that say what is no news."""


@contextmanager
def bounded(timeout: float) -> Iterator[None]:
    """Let each request of MLflow end in time within the block; the user's own environment variables count more.

    Args:
        timeout: Time to wait for the server, seconds, in all tries of a request together.
    """
    ours = {
        "MLFLOW_HTTP_REQUEST_TIMEOUT": str(ceil(timeout / TRIES)),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(TRIES - 1),
        "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
        "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    }
    added = ours.keys() - os.environ.keys()
    os.environ.update({name: ours[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextmanager
def quiet() -> Iterator[None]:
    """Hide what MLflow says about each new experiment and database within the block; its errors stay."""
    loggers = [logging.getLogger(name) for name in LOUD]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def is_server(uri: str) -> bool:
    """Whether it is the address of a server.

    Args:
        uri: The store or server.
    """
    return urlsplit(uri).scheme in ("http", "https")


def address(uri: str) -> str:
    """The address of a server without name and password.

    >>> address("https://me:secret@example.org:5000/mlflow")
    'https://example.org:5000/mlflow'

    Args:
        uri: The server.
    """
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


@contextmanager
def beginning(uri: str) -> Iterator[None]:
    """Turn MLflow's long errors in the block into a sentence.

    Args:
        uri: The store or server.

    Raises:
        AdvspaceError: MLflow cannot use a store of this kind.
        ConnectionError: the server is away.
    """
    from mlflow.exceptions import MlflowException

    try:
        with quiet():
            yield
    except MlflowException as error:
        if is_server(uri):
            raise ConnectionError(f"the MLflow server {address(uri)} does not answer") from error
        raise AdvspaceError(
            f"MLflow cannot use the store {uri} ({cause(error).strip()}); set tracking.mlflow.uri to another, "
            "such as sqlite:///mlflow.db or http://localhost:5000"
        ) from error
