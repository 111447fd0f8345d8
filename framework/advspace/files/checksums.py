"""Checksums of files that belong together, in a file beside them, because parquet, safetensors and YAML have none."""

from collections.abc import Mapping
from hashlib import blake2b, file_digest
from pathlib import Path

from advspace.files.untrusted import json_text, read_json


def noted(contents: Mapping[str, bytes]) -> bytes:
    """The content of a file of checksums.

    Args:
        contents: The content of each file, by its path below the folder of all.
    """
    return json_text({name: _new(content).hexdigest() for name, content in contents.items()}).encode()


def changed(note: Path, folder: Path) -> list[str]:
    """The paths, below `folder`, of the files that are missing or have another content than was noted.

    Args:
        note: The file of checksums; without it, as in a run of an older version, nothing counts as changed.
        folder: The folder of all files.

    Raises:
        DamagedError: the file of checksums is damaged.
    """
    wanted = read_json(note) if note.exists() else {}
    return [name for name, checksum in wanted.items() if _checksum(folder / name) != checksum]


def _checksum(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, _new).hexdigest()
    except OSError:
        return None


def _new(content: bytes = b"") -> blake2b:
    return blake2b(content, digest_size=16)
