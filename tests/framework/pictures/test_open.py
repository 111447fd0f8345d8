"""Pictures are opened by content, whatever metadata they carry; bombs are refused before they are unpacked."""

import tracemalloc
import zlib

import numpy as np
import pytest
from made_pictures import empty_png, png_bytes
from PIL import Image, PngImagePlugin

from advspace.pictures import open as module
from advspace.pictures.open import PictureError, opened, values_of

GREY = np.random.default_rng(0).integers(0, 256, (5, 7, 1), dtype=np.uint8)
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"


def pixels(path):
    with opened(path) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize(
    "chunk",
    [
        (b"iCCP", b"big\0\0" + zlib.compress(bytes(3 << 20))),
        (b"zTXt", b"key\0\0" + zlib.compress(bytes(3 << 20))),
        (b"iTXt", b"key\0\1\0\0\0" + zlib.compress(bytes(3 << 20))),
        (b"tEXt", b"key\0" + b"x" * (3 << 20)),
        (b"iCCP", b"damaged\0\0xxxx"),
        (b"eXIf", b"damaged"),
        (b"abCd", b"unknown"),
    ],
)
def test_long_and_damaged_metadata_is_no_damage(tmp_path, chunk):
    before = PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(GREY, chunk))
    assert np.array_equal(pixels(path), GREY[..., 0])
    assert before == (PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY)


def test_text_beyond_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(GREY, (b"zTXt", b"key\0\0" + zlib.compress(bytes(1001)))))
    with pytest.raises(PictureError, match=r"a.png cannot be read \(.*[Tt]oo [Ll]arge"):
        pixels(path)


def test_several_views_of_a_camera(tmp_path):
    """MPO: a JPEG with more views after it."""
    views = [Image.fromarray(np.full((8, 8), grey, np.uint8)) for grey in (100, 200)]
    views[0].save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=views[1:])
    assert (pixels(tmp_path / "a.jpg") == 100).all()


@pytest.mark.parametrize("name", ["a.eps", "a.png"])
def test_other_formats_are_not_tried(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(EPS)
    with pytest.raises(PictureError, match="not a BMP, GIF, JPEG, PNG, PPM, TIFF or WEBP picture"):
        pixels(path)


@pytest.mark.parametrize(("width", "height", "said"), [(9460, 9460, "9460 x 9460"), (9460, 30000, "89,478,485 pixels")])
def test_bomb_is_not_unpacked(tmp_path, width, height, said):
    """As PIL warns of, and as it refuses; a megabyte of memory is enough."""
    path = tmp_path / "a.png"
    path.write_bytes(empty_png(width, height, bits=1))
    assert path.stat().st_size < 60_000
    tracemalloc.start()
    with pytest.raises(PictureError, match=rf"a.png cannot be read \(it has .*{said}.* are refused"):
        pixels(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_size_is_known_without_the_pixels(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(GREY)[:60])
    assert values_of(path) == 35
    with pytest.raises(PictureError):
        pixels(path)
    path.write_bytes(png_bytes(np.concatenate(3 * [GREY], 2)))
    assert values_of(path) == 105


def test_errors_of_the_user_of_a_picture_name_the_file(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(GREY))
    with pytest.raises(PictureError, match=r"a.png cannot be read \(of its own\)"), opened(path):
        raise ValueError("of its own")
