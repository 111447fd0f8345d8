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
@pytest.mark.parametrize("name", ["images.gz", "images"])
def test_values_and_shape_whatever_the_name_is(tmp_path, packed, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(WHOLE) if packed else WHOLE)
    values = read_idx(path)
    assert torch.equal(values, PIXELS)
    values[0] = 7  # it is memory of its own
    assert values[0, 0, 0] == 7


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(WHOLE)[:-20], "unreadable or truncated"),
        (gzip.compress(WHOLE)[:-6] + b"xxxxxx", "unreadable or truncated .CRC"),
        (gzip.compress(WHOLE[:-1]), "damaged: its header says 24 bytes, it holds 23"),
        (gzip.compress(WHOLE[:6]), "damaged: its header says 1 bytes, it holds 0"),
        (gzip.compress(WHOLE + b"x"), "damaged: its header says 24 bytes, it holds more"),
        (b"no gzip", "not an idx file of bytes"),
        (gzip.compress(b"no idx file"), "not an idx file of bytes"),
        (gzip.compress(b"\0\0\x0d" + WHOLE[3:]), "not an idx file of bytes"),
        (b"\0\0\x08\0x", "not an idx file of bytes"),
        (b"", "not an idx file of bytes"),
    ],
    ids=["cut", "checksum", "short", "no value", "long", "no gzip", "no idx", "of doubles", "short header", "empty"],
)
def test_damaged_file(tmp_path, content, said):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(AdvspaceError, match=f"{path} is .*{said}.*; remove it and fetch it again"):
        read_idx(path)


class Counting(gzip.GzipFile):
    """Counts the bytes that were unpacked."""

    unpacked = 0

    def read(self, size=-1):
        content = super().read(size)
        Counting.unpacked += len(content)
        return content


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((2**16, 2**12, 2), r"says that it holds 65536 x 4096 x 2 bytes; more than 268,435,456 are refused"),
        ((2, 3, 4), r"is damaged: its header says 24 bytes, it holds more"),
    ],
    ids=["as its header says", "beyond its header"],
)
def test_bomb_is_not_unpacked(tmp_path, monkeypatch, shape, said):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(struct.pack(">BBBB3I", 0, 0, 8, 3, *shape) + bytes(10**6)))
    monkeypatch.setattr(gzip, "GzipFile", Counting)
    monkeypatch.setattr(Counting, "unpacked", 0)
    with pytest.raises(AdvspaceError, match=said):
        read_idx(path)
    assert 4 <= Counting.unpacked < 100


def test_no_file(tmp_path):
    with pytest.raises(AdvspaceError, match="unreadable or truncated"):
        read_idx(tmp_path / "gone")
