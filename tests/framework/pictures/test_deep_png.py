"""PNG with 16 bits for each colour, through every way of storing it."""

import numpy as np
import png
import pytest
from made_pictures import png_bytes
from PIL import Image

from advspace.pictures.deep_png import read_deep_png
from advspace.pictures.exact import read_exact
from advspace.pictures.open import PictureError, opened

COLOUR = np.random.default_rng(0).integers(0, 2**16, (9, 11, 3), dtype=np.uint16)


def read(path):
    with opened(path) as picture:
        return read_deep_png(path, picture)


def test_interlaced(tmp_path):
    path = tmp_path / "a.png"
    writer = png.Writer(11, 9, greyscale=False, bitdepth=16, interlace=True)
    with path.open("wb") as file:
        writer.write_array(file, COLOUR.reshape(-1).tolist())
    assert np.array_equal(read(path), COLOUR)


def test_a_transparent_colour_becomes_opacity(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(COLOUR, (b"tRNS", COLOUR[2, 3].astype(">u2").tobytes())))
    result = read(path)
    assert np.array_equal(result[..., :3], COLOUR)
    assert np.argwhere(result[..., 3] != 65535).tolist() == [[2, 3]]
    assert result[2, 3, 3] == 0


def test_it_is_turned(tmp_path):
    path, exif = tmp_path / "a.png", Image.Exif()
    exif[274] = 8
    path.write_bytes(png_bytes(COLOUR, (b"eXIf", exif.tobytes()[6:])))
    assert np.array_equal(read(path), np.rot90(COLOUR))


@pytest.mark.parametrize("cut", [40, 100, 20])
def test_truncated(tmp_path, cut):
    path, content = tmp_path / "a.png", png_bytes(COLOUR)
    path.write_bytes(content[:-cut])
    with pytest.raises(PictureError, match=r"a.png cannot be read \(.+\)"):
        read_exact(path)


def test_a_flipped_bit(tmp_path):
    path, content = tmp_path / "a.png", bytearray(png_bytes(COLOUR))
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(PictureError, match=r"a.png cannot be read \(.*(checksum|IDAT).*\)"):
        read_exact(path)
