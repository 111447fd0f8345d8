"""The numbers of a picture are read as they are in the file, or the picture is refused."""

import numpy as np
import pytest
from made_pictures import png_bytes, tiff_bytes
from PIL import Image

from advspace.pictures.exact import read_exact
from advspace.pictures.open import PictureError

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (5, 7), dtype=np.uint8)
COLOUR = RANDOM.integers(0, 256, (5, 7, 3), dtype=np.uint8)
DEEP_GREY = RANDOM.integers(0, 2**16, (5, 7), dtype=np.uint16)
DEEP_COLOUR = RANDOM.integers(0, 2**16, (5, 7, 3), dtype=np.uint16)
FLOATS = RANDOM.random((5, 7), np.float32)
LOSSLESS = [("png", {}), ("bmp", {}), ("ppm", {}), ("tif", {}), ("tif", {"compression": "tiff_lzw"})]


@pytest.fixture
def read(tmp_path):
    """Save a PIL image, an array or bytes under a name, and read it."""

    def saved(content, name="picture.png", **options):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            (Image.fromarray(content) if isinstance(content, np.ndarray) else content).save(path, **options)
        result = read_exact(path)
        assert result.dtype == np.float32
        return result

    return saved


def scaled(values, white):
    return values.astype(np.float32) / np.float32(white)


@pytest.mark.parametrize(("suffix", "options"), LOSSLESS)
def test_eight_bits(read, suffix, options):
    assert np.array_equal(read(COLOUR, f"a.{suffix}", **options), scaled(COLOUR, 255))
    assert np.array_equal(read(GREY, f"b.{suffix}", **options), scaled(GREY, 255))


@pytest.mark.parametrize("suffix", ["png", "bmp", "pbm", "tif"])
def test_one_bit(read, suffix):
    assert np.array_equal(read(GREY > 127, f"a.{suffix}"), (GREY > 127).astype(np.float32))


def test_palette(read):
    image = Image.fromarray(GREY % 4).convert("P")
    image.putpalette(COLOUR.reshape(-1)[:12].tolist())
    assert np.array_equal(read(image), scaled(COLOUR.reshape(-1, 3)[:4][GREY % 4], 255))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_opaque_pictures_lose_their_opacity(read, suffix):
    whole = np.full((5, 7, 1), 255, np.uint8)
    grey = Image.fromarray(np.concatenate([GREY[..., None], whole], 2))
    assert grey.mode == "LA"
    assert np.array_equal(read(grey, f"a.{suffix}"), scaled(GREY, 255))
    assert np.array_equal(read(np.concatenate([COLOUR, whole], 2), f"b.{suffix}"), scaled(COLOUR, 255))


@pytest.mark.parametrize(("suffix", "options"), [("png", {}), *LOSSLESS[3:]])
def test_sixteen_bits_of_grey(read, suffix, options):
    assert np.array_equal(read(DEEP_GREY, f"a.{suffix}", **options), scaled(DEEP_GREY, 65535))


def test_sixteen_bits_of_grey_without_pil(read):
    content = b"P5 7 5 65535\n" + DEEP_GREY.astype(">u2").tobytes()
    assert np.array_equal(read(content, "a.pgm"), scaled(DEEP_GREY, 65535))


def test_sixteen_bits_of_colour(read):
    assert np.array_equal(read(png_bytes(DEEP_COLOUR), "a.png"), scaled(DEEP_COLOUR, 65535))
    content = b"P6 7 5 65535\n" + DEEP_COLOUR.astype(">u2").tobytes()
    assert np.array_equal(read(content, "a.ppm"), scaled(DEEP_COLOUR, 65535))


@pytest.mark.parametrize("values", [DEEP_GREY[..., None], DEEP_COLOUR], ids=["grey", "colour"])
def test_sixteen_bits_with_opacity(read, values):
    whole = np.full((5, 7, 1), 65535, np.uint16)
    expected = scaled(values[..., 0] if values.shape[2] == 1 else values, 65535)
    assert np.array_equal(read(png_bytes(np.concatenate([values, whole], 2))), expected)
    with pytest.raises(PictureError, match="it is transparent in places"):
        read(png_bytes(np.concatenate([values, whole - (values[..., :1] == values[0, 0, 0])], 2)))


def test_a_big_endian_tiff(read):
    assert np.array_equal(read(Image.fromarray(DEEP_GREY.astype(">u2")), "a.tif"), scaled(DEEP_GREY, 65535))


def test_twelve_bits_of_a_tiff(read):
    """Two numbers are three bytes, the upper bits first (TIFF 6.0)."""
    first, second = np.array([[0, 4095, 2048]], np.uint16), np.array([[1, 255, 7]], np.uint16)
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], 2).astype(np.uint8)
    expected = scaled(np.stack([first, second], 2).reshape(1, 6), 4095)
    content = bytearray(tiff_bytes(packed.reshape(1, 9), 1, bits=12))
    content[18:20] = (6).to_bytes(2, "little")  # its width
    assert np.array_equal(read(bytes(content), "a.tif"), expected)


@pytest.mark.parametrize("suffix", ["tif", "pfm"])
def test_floats_are_as_they_are(read, suffix):
    assert np.array_equal(read(FLOATS * 2 - 0.5, f"a.{suffix}"), FLOATS * 2 - 0.5)


def test_exif_turns_as_in_data_sets(read):
    exif = Image.Exif()
    exif[274] = 6
    assert np.array_equal(read(np.rot90(COLOUR), exif=exif), scaled(COLOUR, 255))


def image(mode, **info):
    result = Image.new(mode, (7, 5))
    result.info.update(info)
    return result


@pytest.mark.parametrize(
    ("content", "name", "options", "said"),
    [
        (COLOUR, "a.jpg", {}, "its content is JPEG, which does not keep pixels exactly"),
        (COLOUR, "a.png", {"format": "JPEG"}, "its content is JPEG, which does not keep pixels exactly"),
        (COLOUR, "a.png", {"format": "WEBP", "lossless": True}, "its content is WEBP"),
        (GREY, "a.png", {"format": "GIF"}, "its content is GIF"),
        (COLOUR, "a.tif", {"compression": "jpeg"}, "its compression is jpeg, which does not keep"),
        (image("CMYK"), "a.tif", {}, "its colours are CMYK, not grey or RGB"),
        (image("LAB"), "a.tif", {}, "its colours are LAB, not grey or RGB"),
        (image("YCbCr"), "a.tif", {"compression": "tiff_lzw"}, "its colours are RGB|its colours are YCbCr"),
        (DEEP_GREY.astype(np.int32), "a.tif", {}, "signed or 32-bit integers, which do not say what white is"),
        (tiff_bytes(DEEP_GREY.astype(np.int16), 1, 2), "a.tif", {}, "signed or 32-bit integers"),
        (tiff_bytes(DEEP_GREY.astype(np.uint32), 1), "a.tif", {}, "signed or 32-bit integers"),
        (tiff_bytes(GREY.astype(np.int8), 1, 2), "a.tif", {}, "its pixels are signed 8-bit integers"),
        (tiff_bytes(DEEP_GREY, 0), "a.tif", {}, "0 means white in it"),
        (tiff_bytes(FLOATS, 0, 3), "a.tif", {}, "0 means white in it"),
        (tiff_bytes(DEEP_COLOUR, 2), "a.tif", {}, "16 bits for each colour are read from PNG and PPM, not from TIFF"),
        (tiff_bytes(DEEP_COLOUR, 2, planar=2), "a.tif", {}, "16 bits for each colour, one colour after the other"),
        (image("RGBA"), "a.png", {}, "it is transparent in places"),
        (image("L"), "a.png", {"transparency": 0}, "it is transparent in places"),
        (image("I;16"), "a.png", {"transparency": 0}, "it is transparent in places"),
        (png_bytes(DEEP_COLOUR, (b"tRNS", DEEP_COLOUR[1, 1].astype(">u2").tobytes())), "a.png", {}, "transparent"),
        (b"Pf\n7 5\n-2.0\n" + FLOATS.tobytes(), "a.pfm", {}, "its floats are scaled by 2"),
    ],
)
def test_what_is_not_exact_is_refused(read, content, name, options, said):
    with pytest.raises(PictureError, match=rf"{name} cannot be read \(.*{said}"):
        read(content, name, **options)


@pytest.mark.parametrize(("suffix", "options"), [("tif", {}), ("png", {})])
def test_several_pictures_in_a_file_are_refused(read, suffix, options):
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    with pytest.raises(PictureError, match="it holds 2 pictures; save each as a file"):
        read(frames[0], f"a.{suffix}", save_all=True, append_images=frames[1:], **options)


def test_few_bits_for_a_colour_are_refused(read):
    """A BMP of 5 bits for each colour: PIL would round them to 8."""
    bmp = bytearray(image_bytes(Image.new("RGB", (2, 1))))
    bmp[28:30] = (16).to_bytes(2, "little")
    with pytest.raises(PictureError, match="it has fewer than 8 bits for each colour"):
        read(bytes(bmp), "a.bmp")


def image_bytes(picture):
    from io import BytesIO

    file = BytesIO()
    picture.save(file, "BMP")
    return file.getvalue()
