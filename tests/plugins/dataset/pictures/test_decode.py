"""One picture file: every kind looks as people see it, and a broken one is named."""

import numpy as np
import pytest
from made_pictures import empty_png, png_bytes, tiff_bytes
from PIL import Image

from advspace.pictures.open import PictureError
from advspace_plugins.dataset.pictures.decode import read_picture

BLACK, WHITE, RED, GREEN, BLUE = (0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255)
SCENE = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def pixels(path):
    picture = read_picture(path)
    assert picture.mode == "RGB"
    return np.asarray(picture)


@pytest.fixture
def saved(tmp_path):
    """Save a PIL image; returns its path."""

    def save(image, suffix="png", **options):
        path = tmp_path / f"picture.{suffix}"
        image.save(path, **options)
        return path

    return save


@pytest.mark.parametrize("suffix", ["png", "bmp", "ppm", "tif"])
def test_lossless_rgb_is_itself(saved, suffix):
    assert np.array_equal(pixels(saved(Image.fromarray(SCENE), suffix)), SCENE)


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_lossy_rgb_is_nearly_itself(saved, suffix):
    whole = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    assert np.abs(pixels(saved(Image.fromarray(whole), suffix, quality=100)).astype(int) - whole).max() <= 2


def test_grey(saved):
    result = pixels(saved(Image.fromarray(SCENE[..., 0])))
    assert np.array_equal(result, np.repeat(SCENE[..., :1], 3, 2))


def test_black_and_white(saved):
    result = pixels(saved(Image.fromarray(SCENE[..., 0] > 127)))
    assert np.array_equal(result, np.repeat(255 * (SCENE[..., :1] > 127), 3, 2))


def test_ink_on_paper(saved):
    """CMYK: no ink is white, yellow on magenta is red, all black ink is black."""
    inks = np.zeros((8, 24, 4), np.uint8)
    inks[:, 8:16, 1:3] = 255
    inks[:, 16:, 3] = 255
    result = pixels(saved(Image.fromarray(inks, "CMYK"), "jpg", quality=100)).astype(int)
    for column, colour in ((4, WHITE), (12, RED), (20, BLACK)):
        assert np.abs(result[4, column] - colour).max() <= 3


def palette():
    image = Image.new("P", (3, 1))
    image.putpalette([*GREEN, *BLUE, *RED])
    image.putdata([2, 0, 1])
    return image


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_palette(saved, suffix):
    assert pixels(saved(palette(), suffix)).tolist() == [[[*RED], [*GREEN], [*BLUE]]]


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_transparent_entry_of_a_palette_is_white(saved, suffix):
    assert pixels(saved(palette(), suffix, transparency=0)).tolist() == [[[*RED], [*WHITE], [*BLUE]]]


def test_transparency_shows_white_paper(saved):
    """Opaque red, nothing, and black ink that covers 51 of 255 parts, so that 204 parts of white shine through."""
    image = Image.fromarray(np.array([[(*RED, 255), (*BLUE, 0), (*BLACK, 51)]], np.uint8))
    assert pixels(saved(image)).tolist() == [[[*RED], [*WHITE], 3 * [204]]]


def test_transparent_grey(saved):
    image = Image.fromarray(np.array([[(10, 255), (0, 0)]], np.uint8), "LA")
    assert pixels(saved(image)).tolist() == [[3 * [10], [*WHITE]]]
    keyed = Image.fromarray(np.array([[10, 20]], np.uint8))
    assert pixels(saved(keyed, transparency=20)).tolist() == [[3 * [10], [*WHITE]]]


DEEP = np.array([[0, 128, 129, 257 * 77, 65535]], np.uint16)  # 65535 = 255 x 257
SHALLOW = [0, 0, 1, 77, 255]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_scaled(saved, suffix):
    assert pixels(saved(Image.fromarray(DEEP), suffix))[0].tolist() == [3 * [grey] for grey in SHALLOW]


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_sixteen_bits_of_colour_are_scaled(tmp_path, channels):
    path = tmp_path / "picture.png"
    values = np.stack(channels * [DEEP], 2)
    if channels != 3:
        values[..., -1] = 65535
    path.write_bytes(png_bytes(values))
    assert pixels(path)[0].tolist() == [3 * [grey] for grey in SHALLOW]


def test_transparent_sixteen_bits_are_white(tmp_path):
    path = tmp_path / "picture.png"
    values = np.stack(3 * [DEEP], 2)
    path.write_bytes(png_bytes(values, (b"tRNS", values[0, 3].astype(">u2").tobytes())))
    assert pixels(path)[0, :, 0].tolist() == [0, 0, 1, 255, 255]


def test_sixteen_bits_of_colour_in_a_tiff_are_cut(tmp_path):
    path = tmp_path / "picture.tif"
    path.write_bytes(tiff_bytes(np.stack(3 * [DEEP], 2), 2))
    assert pixels(path)[0, :, 0].tolist() == [0, 0, 0, 77, 255]


def test_twelve_bits_of_a_tiff_are_scaled(tmp_path):
    """Two numbers are three bytes: 0 and 4095, 16 and 2040."""
    content = bytearray(tiff_bytes(np.array([[0x00, 0x0F, 0xFF, 0x01, 0x07, 0xF8]], np.uint8), 1, bits=12))
    content[18:20] = (4).to_bytes(2, "little")  # its width
    path = tmp_path / "picture.tif"
    path.write_bytes(content)
    assert pixels(path)[0, :, 0].tolist() == [0, 255, 1, 127]


def test_sixteen_bits_of_a_pgm_are_scaled(tmp_path):
    path = tmp_path / "picture.pgm"
    path.write_bytes(b"P5 5 1 65535\n" + DEEP.astype(">u2").tobytes())
    assert pixels(path)[0].tolist() == [3 * [grey] for grey in SHALLOW]


STORED = {1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left"} | {
    5: "left top",
    6: "right top",
    7: "right bottom",
    8: "left bottom",
}
"""Which visual sides the first row and the first column of the file are (Exif 2.3, tag 274)."""


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_exif_rotation(saved, orientation, suffix):
    row, column = STORED[orientation].split()
    stored = SCENE if row in ("top", "bottom") else SCENE.transpose(1, 0, 2)
    stored = stored[::-1] if row in ("bottom", "right") else stored
    stored = stored[:, ::-1] if column in ("bottom", "right") else stored
    exif = Image.Exif()
    exif[274] = orientation
    options = {"lossless": True} if suffix == "webp" else {}
    assert np.array_equal(pixels(saved(Image.fromarray(stored.copy()), suffix, exif=exif, **options)), SCENE)


@pytest.mark.parametrize("exif", [b"XXgarbage", b"MM\0*" + 4 * b"\xff"], ids=["no header", "cut off"])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_damaged_exif_is_no_damage(saved, exif, suffix):
    whole = pixels(saved(Image.fromarray(SCENE), suffix))
    assert np.array_equal(pixels(saved(Image.fromarray(SCENE), suffix, exif=b"Exif\0\0" + exif)), whole)


def test_first_of_several_frames(saved):
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, GREEN)]
    result = pixels(saved(frames[0], "gif", save_all=True, append_images=frames[1:]))
    assert (result == RED).all()


def noise(suffix, saved):
    random = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return saved(Image.fromarray(random), suffix)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "bmp", "tif", "ppm"])
def test_truncated(saved, suffix):
    path = noise(suffix, saved)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PictureError, match=rf"picture.{suffix} cannot be read \(.+\)"):
        read_picture(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"<html>not found</html>", "not a BMP, GIF, JPEG, PNG, PPM, TIFF or WEBP picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", "not a BMP"),
    ],
)
def test_no_picture(tmp_path, content, said):
    path = tmp_path / "picture.jpg"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=rf"picture.jpg cannot be read \({said}"):
        read_picture(path)


def test_decompression_bomb(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(empty_png(9460, 9460, bits=1))
    with pytest.raises(
        PictureError, match=r"picture.png cannot be read \(it has 9460 x 9460 pixels; more than 89,478,485"
    ):
        read_picture(path)


@pytest.mark.parametrize(
    ("image", "suffix", "said"),
    [
        (Image.new("RGB", (101, 1)), "png", "it is 101 x 1 pixels, more than 100 times longer than wide"),
        (Image.new("F", (2, 2), 0.5), "tif", "its pixels are floats of an unknown range"),
        (Image.new("I", (2, 2), 70_000), "tif", r"its pixels are 70000 ... 70000, beyond 16 bits"),
    ],
)
def test_refused(saved, image, suffix, said):
    with pytest.raises(PictureError, match=said):
        read_picture(saved(image, suffix))


def test_missing(tmp_path):
    with pytest.raises(PictureError, match=r"gone.png cannot be read \(No such file or directory\)"):
        read_picture(tmp_path / "gone.png")
