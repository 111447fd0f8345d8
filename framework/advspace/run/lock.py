"""One run at a time writes into a run directory; the processes of one run write together, readers are free."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from advspace.errors import OccupiedError
from advspace.lightning import first_process, rank
from advspace.run_directory import RunDirectory


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Hold a run directory for the length of the block.

    Each process of a run holds a lock of its own, which the operating system takes back when the process ends, however
    it ends.  The first process begins only where no process of another run holds one, so a run that goes on never meets
    what is left of the one before.

    Args:
        directory: The run directory.

    Raises:
        OccupiedError: another run writes into the directory; says which process.
    """
    locks = RunDirectory(directory).locks
    locks.mkdir(parents=True, exist_ok=True)
    own = FileLock(locks / f"{rank()}.lock")
    note = locks / f"{rank()}.json"
    with _acquired(own, note, directory):
        if first_process():
            _refuse_others(locks, own, directory)
        note.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
        yield


@contextmanager
def _acquired(lock: FileLock, note: Path, directory: Path) -> Iterator[None]:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise _refusal(note, directory) from None
    try:
        yield
    finally:
        lock.release()


def _refuse_others(locks: Path, own: FileLock, directory: Path) -> None:
    for path in sorted(locks.glob("*.lock")):
        if path != Path(own.lock_file):
            with _acquired(FileLock(path), path.with_suffix(".json"), directory):
                pass


def _refusal(note: Path, directory: Path) -> OccupiedError:
    owner = "another process"
    with suppress(OSError, ValueError, KeyError):
        stored = json.loads(note.read_text())
        owner = f"process {stored['pid']} on {stored['host']}"
    return OccupiedError(
        f"{owner} works on the run in {directory}; wait for it, end it, or choose another directory (hydra.run.dir=...)"
    )
