"""Weight files of any tool: what is in them, read without running code, or the reason why it cannot be read."""

import pickle
import re
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch
from safetensors import safe_open

from advspace.errors import AdvspaceError
from advspace.files.os_errors import os_sentence

ZIP = b"PK\x03\x04"
OTHERS = {
    b"version https://git-lfs": "is a pointer of Git LFS, not the file itself; fetch it (git lfs pull)",
    b"<": "is a web page or XML; download the file itself",
    b"\x1f\x8b": "is compressed with gzip; unpack it first",
    b"\x89HDF": "is an HDF5 file, such as of Keras; save the weights of a PyTorch network as .safetensors",
    b"\x93NUMPY": "is a NumPy array; save the weights of a PyTorch network as .safetensors",
}
"""Files of other kinds, by their first bytes."""
CODE = "is refused; save the network's state_dict as .safetensors"


def read_weight_file(path: Path) -> Any:
    """What a file holds: tensors by name, or a checkpoint around them.

    The content decides, not the suffix.

    Args:
        path: A file of safetensors, or of `torch.save`.

    Raises:
        AdvspaceError: the file is missing, damaged or of another kind, or can only be read by running code.
    """
    if not path.is_file():
        raise AdvspaceError(f"model.weights: there is no file {path}")
    try:
        with path.open("rb") as file:
            start = file.read(64)
        return _safetensors(path) if start[8:9] == b"{" else _saved_by_torch(path, start)
    except AdvspaceError:
        raise
    except pickle.UnpicklingError as error:
        raise AdvspaceError(f"model.weights: {path} {_unpickled(error)}") from error
    except Exception as error:  # torch's reader raises anything on damaged files
        reason = os_sentence(error) if isinstance(error, OSError) else " ".join(str(error).split())
        raise AdvspaceError(f"model.weights: {path} is damaged or not a weight file ({reason})") from error


def _safetensors(path: Path) -> Any:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)


def _saved_by_torch(path: Path, start: bytes) -> Any:
    others = (reason for first, reason in OTHERS.items() if start.lstrip().startswith(first))
    if reason := _archive(path) if start.startswith(ZIP) else next(others, ""):
        raise AdvspaceError(f"model.weights: {path} {reason}")
    with path.open("rb") as file:  # of a path, torch looks at the suffix
        return torch.load(file, map_location="cpu", weights_only=True)


def _archive(path: Path) -> str:
    """Why an archive is no file of `torch.save`; empty if it is one."""
    try:
        with ZipFile(path) as archive:
            names = [Path(name).name for name in archive.namelist()]
    except BadZipFile:
        return ""  # torch says what is damaged
    if "constants.pkl" in names:
        return f"is a TorchScript program, which holds code, and {CODE}"
    if "data.pkl" not in names:
        return f"is an archive of other files ({', '.join(names[:3])}); give a weight file"
    return ""


def _unpickled(error: pickle.UnpicklingError) -> str:
    """Why a pickle is refused: it names a function or class to call, or it is no pickle."""
    text = str(error)
    called = re.search(r"GLOBAL ([\w.]+)", text) or re.search(r"Trying to call reduce .*? ([\w.]+)", text)
    if called:
        return f"holds Python code or objects ({called[1]}), not only tensors, and {CODE}"
    if any(word in text for word in ("Unsupported global", "Unsupported class", "unrecognized")):
        return f"holds Python code or objects, not only tensors, and {CODE}"
    return f"is damaged or not a weight file ({' '.join(text.split())})"
