"""Read idx files, the format of MNIST and its relatives."""

import gzip
import math
import zlib
from io import BufferedReader
from pathlib import Path

import numpy as np
import torch

from advspace import AdvspaceError
from advspace.pictures.limit import MAX_BYTES

HEADER = 4
UINT8 = 8
GZIP = b"\x1f\x8b"


def read_idx(path: Path) -> torch.Tensor:
    """Read an idx file of bytes, gzipped or not; the content says which.

    Raises:
        AdvspaceError: the file cannot be read, is truncated, is not an idx file of bytes, or is larger than
            `MAX_BYTES`.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            return _values(path, gzip.GzipFile(fileobj=file) if packed else file)
    except (OSError, EOFError, zlib.error) as error:
        raise AdvspaceError(f"{path} is unreadable or truncated ({error}); remove it and fetch it again") from error


def _values(path: Path, file: gzip.GzipFile | BufferedReader) -> torch.Tensor:
    start = file.read(HEADER)
    if len(start) < HEADER or start[:2] != b"\0\0" or start[2] != UINT8 or not start[3]:
        raise AdvspaceError(f"{path} is not an idx file of bytes; remove it and fetch it again")
    lengths = file.read(HEADER * start[3])
    shape = np.frombuffer(lengths[: len(lengths) // HEADER * HEADER], ">u4").tolist()
    wanted = math.prod(shape)
    if wanted > MAX_BYTES:
        raise AdvspaceError(
            f"{path} says that it holds {' x '.join(map(str, shape))} bytes; more than {MAX_BYTES:,} are refused"
        )
    content = file.read(wanted + 1)  # one more, to see whether the file ends
    if len(shape) != start[3] or len(content) != wanted:
        found = "more" if len(content) > wanted else len(content)
        raise AdvspaceError(
            f"{path} is damaged: its header says {wanted} bytes, it holds {found}; remove it and fetch it again"
        )
    return torch.from_numpy(np.frombuffer(content, np.uint8).reshape(shape).copy())
