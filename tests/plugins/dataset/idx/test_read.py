"""idx files of bytes, packed and not, and what is damaged."""

import gzip
import struct

import pytest
import torch

from advspace import AdvspaceError
from advspace_plugins.dataset.idx.read import read_idx

PIXELS = torch.arange(24, dtype=torch.uint8).reshape(2, 3, 4)
WHOLE = struct.pack(">BBBB3I", 0, 0, 8, 3, 2, 3, 4) + bytes(range(24))
"""By the format's own description: two zeros, the type of a byte, the number of axes, their lengths, the bytes."""


@pytest.mark.parametrize("packed", [True, False])
def test_values_and_shape(tmp_path, packed):
    path = tmp_path / ("images.gz" if packed else "images")
    path.write_bytes(gzip.compress(WHOLE) if packed else WHOLE)
    values = read_idx(path)
    assert torch.equal(values, PIXELS)
    values[0] = 7  # it is memory of its own
    assert values[0, 0, 0] == 7


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(WHOLE)[:-20], "unreadable or truncated"),
        (gzip.compress(WHOLE[:-1]), "truncated: 39 bytes of 40"),
        (gzip.compress(WHOLE[:6]), "truncated: 6 bytes of"),
        (gzip.compress(WHOLE + b"x"), "truncated: 41 bytes of 40"),
        (b"no gzip", "unreadable or truncated"),
        (gzip.compress(b"no idx file"), "not an idx file of bytes"),
        (gzip.compress(b"\0\0\x0d" + WHOLE[3:]), "not an idx file of bytes"),
        (b"", "not an idx file|unreadable"),
    ],
)
def test_damaged_file(tmp_path, content, said):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(AdvspaceError, match=f"{path} is .*({said}).*; remove it and fetch it again"):
        read_idx(path)


def test_no_file(tmp_path):
    with pytest.raises(AdvspaceError, match="unreadable or truncated"):
        read_idx(tmp_path / "gone")
