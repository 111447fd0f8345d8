"""ImageNet trees: labels by WordNet id, a stable choice, broken files, what is refused; and real photographs."""

from collections import Counter

import pytest
import torch
from PIL import Image

from advspace import AdvspaceError, Preparation
from advspace.errors import AdvspaceWarning
from advspace.training.train import train
from advspace_plugins.dataset.pictures.imagenet import ImageNet
from advspace_plugins.model.logistic import Logistic

TINY = {"size": 4}


def test_labels_are_the_models_not_the_folders(tree):
    dataset = ImageNet(root=str(tree), **TINY)
    split = dataset.split("test")
    assert Counter(split.__getitems__(list(range(12))).label.tolist()) == {278: 4, 399: 4, 954: 4}
    row = split[split.ids.index("n02667093/picture_2")]
    assert row.label == 399
    assert dataset.classes[row.label] == "abaya"
    assert row.image.dtype == torch.float32
    assert row.image[:, 0, 0].tolist() == pytest.approx([0, 128 / 255, 0])  # PIL's "green"
    assert tuple(row.image.shape) == dataset.shape == (3, 4, 4)


def test_official_layout_has_val_and_train(tree, tmp_path, plant):
    (tmp_path / "both").mkdir()
    tree.rename(tmp_path / "both" / "val")
    plant(tmp_path / "both" / "train", {"n02119789/other.png": "red"})
    dataset = ImageNet(root=str(tmp_path / "both"))
    assert len(dataset.split("test")) == 12
    assert dataset.split("test").ids[0] == "n02119789/picture_0"
    assert dataset.split("train").ids == ["n02119789/other"]


def test_one_tree_is_not_to_train_on(tree):
    with pytest.raises(AdvspaceError, match=r"there is no folder .*/tree/train; .* model that has weights"):
        ImageNet(root=str(tree)).split("train")


def test_preparation_is_the_models(tree):
    dataset = ImageNet(root=str(tree), size=99)
    prepared = dataset.prepared(Preparation(5, 7, 1.0))
    assert (dataset.shape, prepared.shape) == ((3, 99, 99), (3, 5, 7))
    assert tuple(prepared.split("test")[0].image.shape) == (3, 5, 7)
    assert "height=5" in repr(prepared)


@pytest.mark.parametrize(
    "only", [("n02119789", "n07753592"), (278, "954"), ("banana", "kit fox"), ("banana", 278, 278)]
)
def test_only_some_classes(tree, only):
    (tree / "n99999999").mkdir()
    split = ImageNet(root=str(tree), only=only).split("test")
    assert {row.id.split("/")[0] for row in split.files} == {"n02119789", "n07753592"}


def test_empty_tree(tmp_path):
    for make in (lambda: None, (tmp_path / "n02119789").mkdir, lambda: (tmp_path / "flat.JPEG").write_bytes(b"")):
        make()
        with pytest.raises(AdvspaceError, match=r"there is no picture in .*; it must hold a folder for each class"):
            ImageNet(root=str(tmp_path)).split("test")


def test_missing_root(tmp_path):
    with pytest.raises(AdvspaceError, match=r"dataset.root: there is no folder .*/gone; put the pictures there"):
        ImageNet(root=str(tmp_path / "gone")).split("test")


def test_folder_that_is_no_class(tree):
    (tree / "n02119788").mkdir()
    with pytest.raises(
        AdvspaceError, match=r"n02119788 is not named by one of the 1,000 .* \(1 of 4 folders are not\)"
    ):
        ImageNet(root=str(tree)).split("test")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"only": ("n02119788",)}, r"'n02119788' is not a class of ImageNet: .*; nearest: .*n02119789"),
        ({"only": ("volcano", 407)}, r"no picture of n02701002 \(ambulance\), n09472597 \(volcano\) in .*/tree; put"),
    ],
)
def test_classes_that_are_not_there(tree, settings, said):
    with pytest.raises(AdvspaceError, match=said):
        ImageNet(root=str(tree), **settings).split("test")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"size": 0}, "size must be >= 1, got 0"),
        ({"per_class": 0}, "per_class must be >= 1, got 0"),
        ({"limit": 0}, "limit must be >= 1, got 0"),
        ({"broken": "mend"}, "broken must be one of refuse, skip, got 'mend'"),
    ],
)
def test_refused(settings, said):
    with pytest.raises(AdvspaceError, match=said):
        ImageNet(**settings)


def test_a_run_passes_over_broken_pictures(broken, run, sees_colours):
    sees_colours()
    wanted = ("dataset=imagenet", f"dataset.root={broken}", "model=sees_colours", "target=runner_up")
    with pytest.raises(AdvspaceError, match="cannot be read"):
        run(*wanted, "images=12")
    with pytest.warns(AdvspaceWarning, match="it is left out"):
        result = run(*wanted, "images=12", "dataset.broken=skip", "probe.draws=2")
    lost = {"n02119789/picture_1", "n02667093/picture_0", "n07753592/picture_3"}
    assert set(result.summary["images"]["unreadable"]) == lost
    assert len(result.images) == 9
    assert result.images["success"].all()
    assert result.images["labelled"].all()
    assert result.summary["images"]["unlabelled"] == 0


def test_broken_pictures_are_no_lesson(broken, plant, tmp_path):
    """Training reads what can be read; a batch with nothing in it is refused, not learnt from as NaN."""
    plant(broken, {f"n02119789/other_{number}.png": "red" for number in range(28)})
    (tmp_path / "both").mkdir()
    for name in ("train", "val"):
        (tmp_path / "both" / name).symlink_to(broken)
    dataset = ImageNet(root=str(tmp_path / "both"), broken="skip", **TINY)
    with pytest.warns(AdvspaceWarning, match="it is left out"):
        trained = train(Logistic(epochs=2, train_batch_size=6), dataset, {"accelerator": "cpu", "devices": 1}, ())
    assert all(torch.isfinite(parameter).all() for parameter in trained.network.parameters())
    with (
        pytest.warns(AdvspaceWarning, match="it is left out"),
        pytest.raises(AdvspaceError, match="not one image of a training batch can be read; mend or remove"),
    ):
        train(Logistic(epochs=2, train_batch_size=1), dataset, {"accelerator": "cpu", "devices": 1}, ())


def test_a_test_batch_of_broken_pictures_counts_for_nothing(plant, tmp_path):
    """The first batch of six can be read, the second cannot."""
    plant(tmp_path / "train", {f"n02119789/{number}.png": "red" for number in range(12)})
    plant(tmp_path / "val", {f"n02119789/{number}.png": "red" for number in range(6)})
    (tmp_path / "val" / "n07753592").mkdir()
    for number in range(6):
        (tmp_path / "val" / "n07753592" / f"{number}.png").write_bytes(b"")
    dataset = ImageNet(root=str(tmp_path), broken="skip", **TINY)
    with pytest.warns(AdvspaceWarning, match="it is left out"):
        report = train(Logistic(epochs=9, train_batch_size=6), dataset, {"accelerator": "cpu", "devices": 1}, ()).report
    assert report.test_error == 0


def test_a_model_of_ten_classes_does_not_fit(tree, run, sees_colours):
    sees_colours(answers=10)
    said = r"must give logits \[3, 1000\], got \[3, 10\]; choose a model of the dataset's 1000 classes"
    with pytest.raises(AdvspaceError, match=said):
        run("dataset=imagenet", f"dataset.root={tree}", "model=sees_colours", "images=1")


@pytest.mark.data
def test_the_papers_photographs(real_data):
    """Class numbers as the data's README gives them."""
    split = ImageNet(root=str(real_data / "imagenet_paper25"), **TINY).split("test")
    result = {row.id.split("/")[1].split("_example")[0]: row.label for row in split.files}
    assert result == {"abaya": 399, "ambulance": 407, "banana": 954, "kit_fox": 278, "volcano": 980}
    assert len(split) == 25
    assert "n02119789/kit_fox_example1" in split.ids
    some = ImageNet(root=str(real_data / "imagenet_paper25"), only=("volcano",), per_class=2).split("test")
    assert len(some) == 2


@pytest.mark.data
def test_two_hundred_photographs_grey_ones_among_them(real_data):
    split = ImageNet(root=str(real_data / "imagenet_sample")).split("test")
    assert len(split) == len({row.label for row in split.files}) == 200
    grey = []
    for file in split.files:
        with Image.open(file.path) as picture:
            grey += [split.ids.index(file.id)] if picture.mode == "L" else []
    assert grey
    batch = split.__getitems__(grey)
    assert torch.equal(batch.image[:, 0], batch.image[:, 1])
    assert batch.image.shape[1:] == (3, 224, 224)
    assert batch.image.std() > 0.05


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "top1"),
    [("imagenet_paper25", 84.0), pytest.param("imagenet_sample", 81.5, marks=pytest.mark.slow)],
)
def test_accuracy_is_what_the_weights_were_measured_at(real_data, folder, top1):
    """The whole way of a photograph, judged by a pretrained net: figures of the data's README."""
    import timm

    weights = real_data / "weights" / "mobilenetv2_100.tv_int8deq_in1k.safetensors"
    network = timm.create_model("mobilenetv2_100", checkpoint_path=str(weights)).eval()
    mean, deviation = (torch.tensor(network.default_cfg[key])[:, None, None] for key in ("mean", "std"))
    dataset = ImageNet(root=str(real_data / folder)).prepared(Preparation(224, 224, 0.875, "bilinear"))
    split = dataset.split("test")
    right = 0
    for first in range(0, len(split), 25):
        batch = split.__getitems__(list(range(first, min(first + 25, len(split)))))
        with torch.no_grad():
            right += int((network((batch.image - mean) / deviation).argmax(1) == batch.label).sum())
    assert 100 * right / len(split) == pytest.approx(top1)
