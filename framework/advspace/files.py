"""Files that are whole or absent: write beside, then rename."""

import os
from pathlib import Path

from advspace.errors import AdvspaceError


def stage_bytes(path: Path, content: bytes) -> Path:
    """Write `content` to a hidden neighbour of `path`, on the disk for good; returns the neighbour.

    Raises:
        AdvspaceError: the folder is full or cannot be written; nothing is left behind.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        _discard(beside)
        raise AdvspaceError(
            f"cannot write {path}: {error.strerror}; free some space or choose another folder (hydra.run.dir=...)"
        ) from error
    return beside


def write_bytes(path: Path, content: bytes) -> None:
    """Put `content` into `path`, whole or not at all.

    Raises:
        AdvspaceError: the folder is full or cannot be written.
    """
    stage_bytes(path, content).replace(path)


def write_text(path: Path, text: str) -> None:
    """Put `text` into `path` as UTF-8, whole or not at all.

    Raises:
        AdvspaceError: the folder is full or cannot be written.
    """
    write_bytes(path, text.encode())


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
