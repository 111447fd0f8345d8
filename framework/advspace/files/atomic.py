"""Atomic writing of files: write a temporary file, then rename it."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from advspace.errors import AdvspaceError
from advspace.files.os_errors import remedy

TEMPORARY = ".*.[0-9]*.part"
"""Names of temporary files that a killed process leaves."""


def stage_bytes(path: Path, content: bytes) -> Path:
    """Write `content` to a hidden temporary file beside `path`, flush it to the disk, and return its path.

    Raises:
        AdvspaceError: the disk is full or the folder cannot be written.
    """
    beside = _beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        way = remedy(error)
        setting = " (hydra.run.dir=...)" if way.endswith("another folder") else ""
        raise AdvspaceError(f"cannot write {path}: {error.strerror}; {way}{setting}") from error
    return beside


@contextmanager
def no_temporary_files(paths: Collection[Path]) -> Iterator[None]:
    """Remove the temporary files of `paths` if an error or a signal ends the block."""
    try:
        yield
    except BaseException:
        for path in paths:
            with suppress(OSError):
                _beside(path).unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically.

    Raises:
        AdvspaceError: the disk is full or the folder cannot be written; no temporary file remains.
    """
    with no_temporary_files([path]):
        stage_bytes(path, content).replace(path)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, atomically.

    Raises:
        AdvspaceError: the disk is full or the folder cannot be written.
    """
    write_bytes(path, text.encode())


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")
