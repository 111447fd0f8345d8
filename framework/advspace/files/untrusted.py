"""Stored text, read without trust: a run directory may come from someone else, or be damaged."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import SafeLoader, YAMLError, parse
from yaml.events import AliasEvent

from advspace.errors import AdvspaceError, DamagedError

ANEW = "restore it, or start the run anew in another directory"
CHECKSUM = "checksum"
LARGEST = 2**26
"""Most bytes of a JSON or YAML file (64 MiB)."""


def json_text(content: Mapping[str, Any]) -> str:
    """An object as JSON, with a checksum of it under `checksum`.

    Raises:
        ValueError: it holds NaN or infinity.
    """
    return json.dumps({**content, CHECKSUM: _checksum(content)}, indent=1, allow_nan=False)


def read_json(path: Path, remedy: str = ANEW) -> dict[str, Any]:
    """Read an object of JSON, without its checksum; files of older versions have none.

    Args:
        path: The file.
        remedy: What to do if it cannot be read.

    Raises:
        DamagedError: the file is missing, too large, has another checksum, or holds something else.
    """
    try:
        content = json.loads(_text(path))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error, remedy) from error
    if not isinstance(content, dict):
        raise _unreadable(path, f"it holds a {type(content).__name__}", remedy)
    checksum = content.pop(CHECKSUM, None)
    if checksum not in (None, _checksum(content)):
        raise _unreadable(path, "its checksum does not fit", remedy)
    return content


def read_yaml(path: Path) -> Any:
    """Read YAML as Hydra writes it: plain values, whose interpolations (`${...}`) stay as they are.

    Raises:
        DamagedError: the file is missing, too large, damaged, or has aliases, by which a small file can unpack to any
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


def _checksum(content: Mapping[str, Any]) -> str:
    return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).hexdigest()


def _unreadable(path: Path, reason: object, remedy: str = ANEW) -> DamagedError:
    text = getattr(reason, "strerror", None) or " ".join(str(reason).split()) or type(reason).__name__
    return DamagedError(f"{path} cannot be read ({text}); {remedy}")
