"""PPM and PGM whose white is not 255."""

import numpy as np
import pytest

from advspace.pictures.exact import read_exact
from advspace.pictures.open import PictureError


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (b"P5 3 1 1023\n" + np.array([0, 7, 1023], ">u2").tobytes(), [[0, 7, 1023]]),
        (b"P5 3 1 100\n" + bytes([0, 7, 100]), [[0, 7, 100]]),
        (b"P2 3 1 1023\n 0 7\n1023\n", [[0, 7, 1023]]),
        (b"P2 3 1 65535 0 7 65535", [[0, 7, 65535]]),
        (b"P3 # a comment\n1 2 9\n 1 2 3 4 5 9\n", [[[1, 2, 3]], [[4, 5, 9]]]),
        (b"P6 1 2 1000\n" + np.array([1, 2, 3, 4, 5, 1000], ">u2").tobytes(), [[[1, 2, 3]], [[4, 5, 1000]]]),
    ],
)
def test_numbers_are_divided_by_white(tmp_path, content, numbers):
    path = tmp_path / "a.pnm"
    path.write_bytes(content)
    expected = np.array(numbers, np.float32) / np.float32(np.max(numbers))
    assert np.array_equal(read_exact(path), expected)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"P5 3 1 1023\n" + bytes(5), "it must have 3 numbers 0 ... 1023, got 2|buffer size"),
        (b"P5 3 1 100\n" + bytes([0, 7, 101]), "it must have 3 numbers 0 ... 100, got 3, the largest 101"),
        (b"P2 3 1 1023\n 0 7", "it must have 3 numbers 0 ... 1023, got 2"),
        (b"P2 3 1 1023\n 0 7 -1", "it must have 3 numbers"),
        (b"P2 3 1 1023\n 0 7 x", "invalid literal"),
    ],
)
def test_damaged_numbers(tmp_path, content, said):
    path = tmp_path / "a.pnm"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=rf"a.pnm cannot be read \(.*({said})"):
        read_exact(path)
