"""Files of images: what is kept of them, and what is refused."""

import numpy as np
import pytest
from given_images import looked_up, npy, pictures
from PIL import Image

from advspace import AdvspaceError
from advspace_plugins.attack.images.attack import GivenImages


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
