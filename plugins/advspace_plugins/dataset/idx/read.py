"""Read idx files, the format of MNIST and its relatives."""

import gzip
import zlib
from pathlib import Path

import numpy as np
import torch

from advspace import AdvspaceError

HEADER = 4
UINT8 = 8


def read_idx(path: Path) -> torch.Tensor:
    """Read an idx file of bytes, gzipped or not.

    Raises:
        AdvspaceError: the file cannot be read, is truncated, or is not an idx file of bytes.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise AdvspaceError(f"{path} is unreadable or truncated ({error}); remove it and fetch it again") from error
    if len(content) < HEADER or content[:2] != b"\0\0" or content[2] != UINT8:
        raise AdvspaceError(f"{path} is not an idx file of bytes; remove it and fetch it again")
    axes = content[3]
    shape = (
        np.frombuffer(content, ">u4", axes, HEADER).astype(int).tolist() if len(content) >= HEADER * (1 + axes) else []
    )
    wanted = HEADER * (1 + axes) + int(np.prod(shape))
    if not shape or len(content) != wanted:
        raise AdvspaceError(f"{path} is truncated: {len(content)} bytes of {wanted}; remove it and fetch it again")
    values = np.frombuffer(content, np.uint8, offset=HEADER * (1 + axes)).reshape(shape)
    return torch.from_numpy(values.copy())
