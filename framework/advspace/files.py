"""Files of a run: written atomically, and read without trust, because a directory may come from someone else."""

import json
import os
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import SafeLoader, YAMLError, parse
from yaml.events import AliasEvent

from advspace.errors import AdvspaceError
from advspace.os_errors import remedy

ANEW = "restore it, or start the run anew in another directory"
LARGEST = 2**26
"""Most bytes of a JSON or YAML file (64 MiB)."""


def stage_bytes(path: Path, content: bytes) -> Path:
    """Write `content` to a hidden temporary file beside `path`, flush it to the disk, and return its path.

    Raises:
        AdvspaceError: the disk is full or the folder cannot be written; no file remains.
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
        way = remedy(error)
        setting = " (hydra.run.dir=...)" if way.endswith("another folder") else ""
        raise AdvspaceError(f"cannot write {path}: {error.strerror}; {way}{setting}") from error
    return beside


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically.

    Raises:
        AdvspaceError: the disk is full or the folder cannot be written.
    """
    stage_bytes(path, content).replace(path)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, atomically.

    Raises:
        AdvspaceError: the disk is full or the folder cannot be written.
    """
    write_bytes(path, text.encode())


def read_json(path: Path, remedy: str = ANEW) -> dict[str, Any]:
    """Read an object of JSON.

    Args:
        path: The file.
        remedy: What to do if it cannot be read.

    Raises:
        AdvspaceError: the file is missing, too large, or holds something else.
    """
    try:
        content = json.loads(_text(path))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error, remedy) from error
    if not isinstance(content, dict):
        raise _unreadable(path, f"it holds a {type(content).__name__}", remedy)
    return content


def read_yaml(path: Path) -> Any:
    """Read YAML as Hydra writes it: plain values, whose interpolations (`${...}`) stay as they are.

    Raises:
        AdvspaceError: the file is missing, too large, damaged, or has aliases, by which a small file can unpack to any
            size.
    """
    try:
        text = _text(path)
        if "&" in text and any(isinstance(event, AliasEvent) for event in parse(text, SafeLoader)):
            raise _unreadable(path, "it has aliases, which are refused")
        config = OmegaConf.create(text)
        return OmegaConf.to_container(config, resolve=False)
    except AdvspaceError:
        raise
    except (OSError, ValueError, RecursionError, YAMLError, OmegaConfBaseException) as error:
        raise _unreadable(path, error) from error


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST:,} bytes")
    return path.read_text(encoding="utf-8")


def _unreadable(path: Path, reason: object, remedy: str = ANEW) -> AdvspaceError:
    text = getattr(reason, "strerror", None) or " ".join(str(reason).split()) or type(reason).__name__
    return AdvspaceError(f"{path} cannot be read ({text}); {remedy}")


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
