"""Adversarials from files: every kind and order, whose they are, and what does not fit together."""

import pytest
import torch
from given_images import levels, looked_up, npy, pictures
from stopping import attacked

from advspace import UNTARGETED, AdvspaceError
from advspace_plugins.attack.images.attack import GivenImages

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
