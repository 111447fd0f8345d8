"""Files of images: what is kept of them, and what is refused."""

import numpy as np
import pytest
from given_images import looked_up, npy, pictures
from made_pictures import empty_png
from PIL import Image

from advspace import AdvspaceError
from advspace.errors import AdvspaceWarning
from advspace_plugins.attack.images.attack import GivenImages
from advspace_plugins.attack.images.files import read_stack


def test_sixteen_bits_are_kept(grey, tmp_path, model):
    images, adversarials = grey
    fine = adversarials.clone()
    fine[:, 0, 0, 1] = 20000 / 65535
    for place, folder in ((fine, "made"), (images, "clean")):
        (tmp_path / folder).mkdir()
        for number, picture in enumerate((place[:, 0] * 65535).round().numpy().astype(np.uint16)):
            Image.fromarray(picture).save(tmp_path / folder / f"{number}.png")
    made = looked_up(GivenImages(str(tmp_path / "made"), str(tmp_path / "clean")), model(images), images)
    assert made.success.all()
    assert made.image[:, 0, 0, 1].tolist() == pytest.approx([20000 / 65535] * 6, abs=1e-6)


BROKEN = {
    "gone": ("attack.adversarials: there is no file or folder .*gone; name the one that holds the images", None),
    "text.txt": ("attack.adversarials must be a folder of pictures, a .npy or a .safetensors, got .*text.txt", None),
    "broken.npy": ("attack.adversarials: .*broken.npy is not a complete .npy of numbers", None),
    "broken.safetensors": ("attack.adversarials: .*broken.safetensors is not a complete .safetensors", None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_files_that_cannot_be_read(tmp_path, name):
    if name != "gone":
        (tmp_path / name).write_text("nothing")
    with pytest.raises(AdvspaceError, match=BROKEN[name][0]):
        GivenImages(str(tmp_path / name), str(tmp_path / name))


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.full((2, 4, 5), 255.0), r"must be floats in \[0, 1\] or uint8 in 0 ... 255, got float64 in 255 ... 255 in"),
        (np.full((2, 4, 5), -2.1, np.float32), r"got float32 in -2.1 ... -2.1 in .*; scale them or save them as uint8"),
        (np.ones((2, 4, 5), np.int64), r"got int64 in 1 ... 1"),
        (np.ones((4, 5)), r"must hold images \[number, height, width\] or with channels, got \[4, 5\]"),
        (np.ones((0, 4, 5)), r"must hold images .* got \[0, 4, 5\]"),
    ],
)
def test_numbers_that_are_no_pixels(tmp_path, array, said):
    place = npy(tmp_path / "a.npy", array)
    with pytest.raises(AdvspaceError, match=f"attack.adversarials: .*{said}"):
        GivenImages(place, place)


@pytest.mark.parametrize("kind", [">f4", "<f8", "f2", "F"])
def test_arrays_in_any_order_of_bytes_and_axes(tmp_path, kind):
    array = np.arange(60, dtype=np.float32).reshape(3, 4, 5) / 64
    stored = np.asfortranarray(array) if kind == "F" else array.astype(kind)
    assert np.array_equal(read_stack("s", npy(tmp_path / "a.npy", stored), "x").pixel.numpy(), array)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.ones((2, 4, 5), bool), "got bool in 1 ... 1"),
        (np.ones((2, 4, 5), np.uint16), "got uint16 in 1 ... 1"),
        (np.ones((2, 4, 5), np.complex64), "got complex64 in 1 ... 1"),
        (np.array(["text"]), "is not a complete .npy of numbers"),
        (np.array([None]), "is not a complete .npy of numbers"),
    ],
)
def test_arrays_of_other_types(tmp_path, array, said):
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    with pytest.raises(AdvspaceError, match=said):
        read_stack("s", str(tmp_path / "a.npy"), "x")


def test_a_header_that_promises_more_than_the_file(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.ones((3, 4, 5)))
    path.write_bytes(path.read_bytes().replace(b"(3, 4, 5), }        ", b"(3, 4, 5000000000)} "))
    with pytest.raises(AdvspaceError, match=r"a.npy is not a complete .npy of numbers"):
        read_stack("s", str(path), "x")


def test_an_archive_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", np.ones((3, 4, 5)))
    with pytest.raises(AdvspaceError, match=r"must be a folder of pictures, .* got .*a.npz; save its array as a .npy"):
        read_stack("s", str(tmp_path / "a.npz"), "x")


def test_floats_of_another_scale_name_their_file(tmp_path):
    Image.fromarray(np.full((4, 5), 200, np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(AdvspaceError, match=r"floats in \[0, 1\] .* got float32 in 200 ... 200 in .*a.tif; scale them"):
        read_stack("s", str(tmp_path), "x")


def test_other_files_are_said(tmp_path, grey):
    images, _ = grey
    folder = pictures(tmp_path / "made", images, "abcdef")
    for name in ("g.jpg", "notes.txt", ".hidden", "._a.png"):
        (tmp_path / "made" / name).write_bytes(b"")
    with pytest.warns(
        AdvspaceWarning, match=r"s: files in .*made are left out .* suffix, .jpg \(1\), .txt \(1\); only"
    ):
        assert len(read_stack("s", folder, "x")) == 6


def test_bombs_are_not_unpacked(tmp_path):
    """One of them is refused by itself, 31 smaller ones are refused together."""
    (tmp_path / "a.png").write_bytes(empty_png(9460, 9460, bits=1))
    with pytest.raises(AdvspaceError, match=r"s: .*a.png cannot be read \(it has 9460 x 9460 pixels; .*\); save it"):
        read_stack("s", str(tmp_path), "x")
    small = empty_png(1500, 1500, bits=1)
    for number in range(31):
        (tmp_path / f"{number}.png").write_bytes(small)
    (tmp_path / "a.png").unlink()
    with pytest.raises(AdvspaceError, match=r"are too large together: their .* bytes unpack to 279,000,000; more than"):
        read_stack("s", str(tmp_path), "x")


def test_pictures_that_are_none(tmp_path, grey):
    images, _ = grey
    empty = tmp_path / "empty"
    pictures(empty, images, "abcdef", ".jpg")
    with pytest.raises(
        AdvspaceError, match=r"there is no lossless picture in .*empty .*a JPEG is not the image that was"
    ):
        GivenImages(str(empty))
    twice = pictures(tmp_path / "twice", images, "abcdef")
    pictures(tmp_path / "twice", images[:1], "c", ".bmp")
    with pytest.raises(AdvspaceError, match=r"two pictures in .*twice are called 'c'; remove one"):
        GivenImages(twice)
    sizes = pictures(tmp_path / "sizes", images, "abcdef")
    pictures(tmp_path / "sizes", images[:1, :, :3], "g")
    with pytest.raises(AdvspaceError, match=r"must be of one size, got g.png 3 x 5 and a.png 4 x 5"):
        GivenImages(sizes)
    torn = pictures(tmp_path / "torn", images, "abcdef")
    (tmp_path / "torn" / "b.png").write_bytes((tmp_path / "torn" / "b.png").read_bytes()[:40])
    with pytest.raises(AdvspaceError, match=r"attack.adversarials: .*b.png cannot be read \(.*\); save it again"):
        GivenImages(torn)
    glass = tmp_path / "glass"
    glass.mkdir()
    Image.new("RGBA", (5, 4), (1, 2, 3, 100)).save(glass / "a.png")
    with pytest.raises(AdvspaceError, match=r"a.png cannot be read \(it is transparent in places\)"):
        GivenImages(str(glass))
