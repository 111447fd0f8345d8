"""Adversarials from files: every kind and order, whose they are, and what does not fit together."""

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from stopping import attacked

from advspace import UNTARGETED, AdvspaceError
from advspace.attack.verify import verified
from advspace_plugins.attack.images.attack import GivenImages


@pytest.fixture
def grey(generator):
    """Six images of grey levels and adversarials of theirs; a model that counts how bright the first pixel is."""
    images = torch.randint(0, 200, (6, 1, 4, 5), generator=generator).float() / 255
    images[:, 0, 0, 0] = 0.2
    adversarials = images.clone()
    adversarials[:, 0, 0, 0] = 204 / 255
    return images, adversarials


@pytest.fixture
def colour(generator):
    images = torch.randint(0, 200, (6, 3, 4, 5), generator=generator).float() / 255
    images[:, 0, 0, 0] = 0.2
    adversarials = images.clone()
    adversarials[:, 0, 0, 0] = 204 / 255
    return images, adversarials


@pytest.fixture
def model(linear):
    """Class 1 where the first pixel is brighter than a half."""

    def of(images):
        weight = torch.zeros(3, images[0].numel())
        weight[1, 0] = 10.0
        return linear(weight, torch.tensor([0.0, -5.0, -50.0]))

    return of


def levels(images):
    return (images * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()


def pictures(folder, images, names, suffix=".png"):
    for name, picture in zip(names, levels(images), strict=True):
        path = folder / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture).save(path)
    return str(folder)


def npy(path, array):
    np.save(path, np.asarray(array))
    return str(path)


def looked_up(attack, model, images, target=UNTARGETED):
    label, targets = torch.zeros(len(images), dtype=torch.int64), torch.full((len(images),), target)
    return verified(attack(model, images, label, targets), model, label, targets)


ARRAYS = {
    "uint8, channels last": levels,
    "uint8, channels first": lambda x: levels(x).transpose(0, 3, 1, 2),
    "float32, channels first": lambda x: x.numpy(),
    "float64, channels last": lambda x: x.permute(0, 2, 3, 1).double().numpy(),
    "float16": lambda x: x.half().numpy(),
}


@pytest.mark.parametrize("kind", ["grey", "colour"])
@pytest.mark.parametrize("form", ARRAYS)
def test_arrays_of_every_form_in_any_order(request, tmp_path, model, kind, form):
    images, adversarials = request.getfixturevalue(kind)
    order = [4, 1, 5, 0, 3, 2]
    attack = GivenImages(
        npy(tmp_path / "made.npy", ARRAYS[form](adversarials[order])),
        npy(tmp_path / "clean.npy", ARRAYS[form](images[order])),
    )
    made = looked_up(attack, model(images), images)
    assert made.success.all()
    torch.testing.assert_close(made.image, adversarials, rtol=0, atol=3e-4 if form == "float16" else 1e-7)
    assert made.reached.tolist() == [1] * 6
    assert made.evaluations.tolist() == [0] * 6
    assert made.margin.tolist() == pytest.approx([3.0] * 6, abs=5e-3)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
@pytest.mark.parametrize("kind", ["grey", "colour"])
def test_pictures_are_paired_by_name(request, tmp_path, model, kind, suffix):
    images, adversarials = request.getfixturevalue(kind)
    names, order = ["f", "a", "b/x", "b/y", "e", "c"], [3, 2, 5, 0, 1, 4]
    attack = GivenImages(
        pictures(tmp_path / "made", adversarials[order], names, suffix),
        pictures(tmp_path / "clean", images[order], names, ".png"),
    )
    made = looked_up(attack, model(images), images)
    assert made.success.all()
    torch.testing.assert_close(made.image, adversarials, rtol=0, atol=1e-7)


def test_grey_images_without_channels_and_as_coloured_pictures(grey, tmp_path, model):
    images, adversarials = grey
    flat = GivenImages(npy(tmp_path / "a.npy", levels(adversarials)[..., 0]), npy(tmp_path / "b.npy", images[:, 0]))
    names = [str(number) for number in range(6)]
    coloured = GivenImages(
        pictures(tmp_path / "made", adversarials.expand(-1, 3, -1, -1), names),
        pictures(tmp_path / "clean", images.expand(-1, 3, -1, -1), names),
    )
    for attack in (flat, coloured):
        made = looked_up(attack, model(images), images)
        assert made.success.all()
        torch.testing.assert_close(made.image, adversarials, rtol=0, atol=1e-7)


def test_grey_pictures_for_coloured_images(tmp_path, model, grey):
    images, adversarials = (part.expand(-1, 3, -1, -1).contiguous() for part in grey)
    names = [str(number) for number in range(6)]
    attack = GivenImages(
        pictures(tmp_path / "made", adversarials[:, :1], names), pictures(tmp_path / "clean", images[:, :1], names)
    )
    assert looked_up(attack, model(images), images).success.all()


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


def test_originals_equal_to_half_a_grey_level(tmp_path, generator, model):
    """Images that are not of grey levels, and their rounded pictures; a grey level more is another image."""
    images = 0.1 + 0.5 * torch.rand(6, 1, 4, 5, generator=generator)
    images[:, 0, 0, 0] = 0.2
    adversarials = images.clone()
    adversarials[:, 0, 0, 0] = 0.8
    names = [str(number) for number in range(6)]
    shifted = images.clone()
    shifted[3, 0, 2, 2] += 1 / 255
    attack = GivenImages(pictures(tmp_path / "made", adversarials, names), pictures(tmp_path / "clean", shifted, names))
    made = looked_up(attack, model(images), images)
    assert made.success.tolist() == [True, True, True, False, True, True]
    assert made.reason[3] == f"no original in {tmp_path / 'clean'} is this image (to half a grey level)"
    assert made.image[3].isnan().all()


def test_an_image_without_an_adversarial_is_a_failure_with_its_reason(grey, tmp_path, model):
    images, adversarials = grey
    attack = GivenImages(npy(tmp_path / "a.npy", adversarials[:4]), npy(tmp_path / "b.npy", images[:4]))
    made = looked_up(attack, model(images), images)
    assert made.success.tolist() == [True] * 4 + [False] * 2
    assert made.reason[4:] == (f"no original in {tmp_path / 'b.npy'} is this image (to half a grey level)",) * 2


def test_of_several_the_nearest_of_the_wanted_class_is_taken(grey, tmp_path, linear):
    images, _ = grey
    weight = torch.zeros(3, 20)
    weight[1, 0], weight[2, 1] = 10.0, 10.0
    model = linear(weight, torch.tensor([0.0, -5.0, -7.0]))
    images[:, 0, 0, 1] = 0.2
    first, far, second = images.clone(), images.clone(), images.clone()
    first[:, 0, 0, 0], far[:, 0, 0, 0], second[:, 0, 0, 1] = 0.7, 0.9, 0.95
    made = GivenImages(
        npy(tmp_path / "a.npy", torch.cat([images, far, second, first])),
        npy(tmp_path / "b.npy", images.repeat(4, 1, 1, 1)),
    )
    for target, expected in ((UNTARGETED, first), (1, first), (2, second)):
        result = looked_up(made, model, images, target)
        assert result.success.all()
        torch.testing.assert_close(result.image, expected)


def test_what_is_no_adversarial_is_a_failure_with_its_reason(grey, tmp_path, model):
    images, adversarials = grey
    adversarials = adversarials.clone()
    adversarials[0], adversarials[1, 0, 1, 1], adversarials[2, 0, 1, 1] = images[0], torch.nan, 1.2
    adversarials[3, 0, 0, 0] = 0.4
    attack = GivenImages(npy(tmp_path / "a.npy", adversarials), npy(tmp_path / "b.npy", images))
    made = looked_up(attack, model(images), images)
    assert made.success.tolist() == [False] * 4 + [True] * 2
    assert made.reason[:4] == (
        "the clean image was handed over",
        "pixels that are not numbers were handed over",
        "pixels outside the box were handed over",
        "an image of class 0 was handed over",
    )
    made = looked_up(attack, model(images), images, target=2)
    assert not made.success.any()
    assert made.reason[4] == "an image of class 1 was handed over; target=untargeted takes the class that it has"


@pytest.mark.parametrize(("stop", "ratio"), [("given", 2.0), ("tight", 1.0), ("overshoot", 1.1)])
def test_depth(grey, tmp_path, model, stop, ratio):
    """From 0.2 the boundary, 0.5, is 0.3 away; what is given is twice as far."""
    images, adversarials = grey
    attack = GivenImages(npy(tmp_path / "a.npy", adversarials), npy(tmp_path / "b.npy", images))
    label, target = torch.zeros(6, dtype=torch.int64), torch.full((6,), UNTARGETED)
    rule = {"stop": stop, "overshoot": 0.1, "tolerance": 1e-4}
    made = attacked(attack, model(images), images, label, target, **rule)
    assert (made.image - images).flatten(1).norm(dim=1).tolist() == pytest.approx([0.3 * ratio] * 6, rel=1e-3)


def test_a_run_and_its_own_tensors_again(run):
    """The same adversarials, the same probes; originals lie beside them, and one image has several targets."""
    once = run("targets_per_image=2", "images=4", "probe.scales=[0.5,1]")
    again = run(
        "attack=images", f"attack.adversarials={once.directory / 'tensors'}", "targets_per_image=2", "images=4",
        "probe.scales=[0.5,1]", "batch_size=3",
    )  # fmt: skip
    for table in ("image_id", "target", "l2", "margin", "success"):
        assert once.images[table].tolist() == pytest.approx(again.images[table].tolist())
    counts = [name for name in once.probes if once.probes[name].dtype.kind == "i"]
    assert counts
    for name in counts:
        assert once.probes[name].tolist() == again.probes[name].tolist()


def test_pictures_named_by_the_images_ids_need_no_originals(run, tmp_path):
    """Adversarials of an attack that goes far, saved as PNG under their ids, found again by a run of more images."""
    once = run("images=4", "probe.scales=[0.5]", "attack.overshoot=0.5")
    from advspace.records.tables import read_tensors

    for (id_, _), stored in read_tensors(once.directory):
        pictures(tmp_path / "made", stored["adversarial"][None], [id_])
    again = run(
        "attack=images", f"attack.adversarials={tmp_path / 'made'}", "target=untargeted", "images=6",
        "probe.scales=[0.5]", "batch_size=4",
    )  # fmt: skip
    result = again.images.set_index("image_id")
    expected = once.images.set_index("image_id")
    assert result["success"].sum() == expected["success"].sum() == 4
    assert result["target"][expected.index].equals(expected["target"])
    assert result["l2"][expected.index].tolist() == pytest.approx(expected["l2"].tolist(), rel=0.02)
    lost = result[~result["success"]]
    assert (lost["reason"] == f"no picture in {tmp_path / 'made'} has this image's id").all()


def test_ids_are_needed_where_there_are_no_originals(grey, tmp_path, model):
    images, adversarials = grey
    attack = GivenImages(pictures(tmp_path / "made", adversarials, "abcdef"))
    with pytest.raises(
        AdvspaceError, match=r"attack.originals must be given where the ids of the images are not known"
    ):
        looked_up(attack, model(images), images)
    assert looked_up(attack.about("xbcdea"), model(images), images).success.tolist() == [False] + [True] * 5


BROKEN = {
    "gone": ("attack.adversarials: there is no file or folder .*gone; name the one that holds the images", None),
    "text.txt": ("attack.adversarials must be a folder of pictures, a .npy or a .safetensors, got .*text.txt", None),
    "broken.npy": ("attack.adversarials: .*broken.npy is no whole .npy of numbers", None),
    "broken.safetensors": ("attack.adversarials: .*broken.safetensors is no whole .safetensors", None),
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
    with pytest.raises(AdvspaceError, match=r"attack.adversarials: .*b.png cannot be read \(.*\); save it anew"):
        GivenImages(torn)
    glass = tmp_path / "glass"
    glass.mkdir()
    Image.new("RGBA", (5, 4), (1, 2, 3, 100)).save(glass / "a.png")
    with pytest.raises(AdvspaceError, match=r"a.png cannot be read \(it is transparent in places\)"):
        GivenImages(str(glass))


def test_images_and_originals_that_do_not_match(tmp_path, grey):
    images, adversarials = grey
    made = npy(tmp_path / "made.npy", adversarials)
    clean = pictures(tmp_path / "clean", images, "abcdef")
    other = pictures(tmp_path / "other", adversarials, "abcdex")
    mixed = tmp_path / "mixed.safetensors"
    save_file({"x": images, "y": adversarials}, mixed)
    for adversarial, original, said in (
        (made, None, "attack.originals must be given: .*made.npy does not say what the adversarials were made from"),
        (
            made,
            npy(tmp_path / "few.npy", images[:5]),
            "attack.originals: 6 adversarials but 5 originals; give one for each",
        ),
        (
            made,
            npy(tmp_path / "small.npy", images[..., 1:]),
            r"adversarials are \[1, 4, 5\], originals \[1, 4, 4\]; give both in one size",
        ),
        (made, clean, "attack.originals and attack.adversarials must both be folders of pictures, or neither"),
        (
            other,
            clean,
            "attack.adversarials: picture 'x' has no counterpart of that name in .*clean; add it, or remove",
        ),
        (
            pictures(tmp_path / "part", adversarials[:5], "abcde"),
            clean,
            "attack.originals: picture 'f' has no counterpart of that name in .*part",
        ),
        (
            made,
            npy(tmp_path / "shuffled.npy", images.roll(1, 0)),
            r"attack.originals: \d of 6 adversarials are no nearer to their own original than to others; give both in "
            "the same order",
        ),
        (made, str(mixed), "attack.originals: .*mixed.safetensors must hold a tensor 'image', it holds x, y"),
    ):
        with pytest.raises(AdvspaceError, match=said):
            GivenImages(adversarial, original)


@pytest.mark.parametrize("size", [(3, 4, 5), (1, 5, 4)])
def test_images_of_another_size_than_the_runs(tmp_path, grey, model, size, generator):
    _, adversarials = grey
    attack = GivenImages(npy(tmp_path / "a.npy", adversarials), npy(tmp_path / "b.npy", grey[0]))
    images = torch.rand(2, *size, generator=generator)
    run = " x ".join(map(str, size))
    with pytest.raises(
        AdvspaceError, match=rf"attack.adversarials: .* holds images of 1 x 4 x 5, the run's are {run} "
    ):
        looked_up(attack, model(images), images)
