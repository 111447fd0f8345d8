"""Any folder of pictures: with labels, without them, and under whatever names."""

import json

import pytest

from advspace import AdvspaceError
from advspace.dataset.contract import UNLABELLED
from advspace.errors import AdvspaceWarning
from advspace_plugins.dataset.pictures.folder import Folder
from advspace_plugins.dataset.pictures.wordnet import class_names


@pytest.fixture
def holiday(plant, tmp_path):
    """Pictures at several depths."""
    return plant(tmp_path / "holiday", {"fox.png": "red", "2015/dress.png": "green", "2015/may/fruit.png": "blue"})


@pytest.fixture
def sorted_by_class(plant, tmp_path):
    """Pictures in folders called by their classes."""
    return plant(tmp_path / "sorted", {"kit fox/1.png": "red", "n02667093/1.png": "green", "954/a/1.png": "blue"})


def labels(dataset):
    return {file.id: file.label for file in dataset.split("test").files}


def test_without_labels(holiday):
    dataset = Folder(root=str(holiday))
    assert labels(dataset) == dict.fromkeys(("fox", "2015/dress", "2015/may/fruit"), UNLABELLED)
    assert dataset.classes == class_names()
    assert tuple(dataset.split("test")[0].image.shape) == (3, 224, 224)


def test_folders_are_labels_by_imagenets_classes(sorted_by_class):
    result = labels(Folder(root=str(sorted_by_class), labels="folders"))
    assert result == {"kit fox/1": 278, "n02667093/1": 399, "954/a/1": 954}


def test_folders_are_classes_of_their_own(sorted_by_class, plant):
    dataset = Folder(root=str(sorted_by_class), labels="folders", names="folders")
    assert dataset.classes == ["954", "kit fox", "n02667093"]
    assert labels(dataset) == {"954/a/1": 0, "kit fox/1": 1, "n02667093/1": 2}


def test_train_and_val_share_their_classes(plant, tmp_path):
    root = plant(tmp_path, {"train/b/1.png": "red", "train/c/1.png": "red", "val/a/1.png": "red", "val/b/2.png": "red"})
    dataset = Folder(root=str(root), labels="folders", names="folders")
    assert dataset.classes == ["a", "b", "c"]
    assert [(file.id, file.label) for file in dataset.split("train").files] == [("b/1", 1), ("c/1", 2)]
    assert labels(dataset) == {"a/1": 0, "b/2": 1}


def test_names_from_a_file(holiday, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("fox\n  Kleid \nFrüchte\n\n", "utf-8")
    assert Folder(root=str(holiday), names=str(names)).classes == ["fox", "Kleid", "Früchte"]


def test_a_run_without_labels_says_so(holiday, tmp_path, run, sees_colours):
    """The model's prediction is the original label in every table and in the plan."""
    sees_colours(answers=3)
    (tmp_path / "names.txt").write_text("fox\ndress\nfruit")
    result = run(
        *("dataset=folder", f"dataset.root={holiday}", f"dataset.names={tmp_path}/names.txt"),
        *("model=sees_colours", "images=3"),
        figures=True,
    )
    images = result.images.set_index("image_id")
    assert images["label"].to_dict() == {"fox": 0, "2015/dress": 1, "2015/may/fruit": 2}
    assert not images["labelled"].any()
    assert images["success"].all()
    assert result.summary["images"]["unlabelled"] == 3
    plan = json.loads((result.directory / "plan.json").read_text())["selection"]
    assert dict(zip(plan["ids"], plan["labels"], strict=True)) == images["label"].to_dict()
    around = result.probes[(result.probes["center"] == "original") & (result.probes["scale"] < 0.1)]
    assert (around["n_original"] > 30).all()


@pytest.mark.parametrize(
    ("settings", "split", "said"),
    [
        ({"labels": "yes"}, "test", "labels must be one of none, folders, got 'yes'"),
        ({"root": "gone"}, "test", "dataset.root: there is no folder gone in /.*; put the pictures there"),
        ({}, "train", "pictures without labels cannot be trained on; set dataset.labels=folders"),
        ({"labels": "folders"}, "train", "there is no folder .*holiday/train; .* model that has weights"),
        ({"labels": "folders"}, "test", "dataset.labels: .*holiday/fox.png is not in a class folder; move it into one"),
    ],
)
def test_refused(holiday, settings, split, said):
    with pytest.raises(AdvspaceError, match=said):
        Folder(**{"root": str(holiday)} | settings).split(split)


def test_folder_that_is_no_class(holiday, tmp_path):
    (holiday / "fox.png").unlink()
    with pytest.raises(AdvspaceError, match=r"'2015' is not a class of ImageNet"):
        Folder(root=str(holiday), labels="folders").split("test")
    (tmp_path / "names.txt").write_text("fox\ndress")
    with pytest.raises(AdvspaceError, match=r"folder '2015' is not a class of dataset.names=.*names.txt; rename it"):
        Folder(root=str(holiday), labels="folders", names=str(tmp_path / "names.txt")).split("test")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"must be imagenet, folders, or a text file with one name per line, got .*names.txt .*No such file"),
        (b"\xff\xfe", r"a text file with one name per line, got .*can't decode"),
        (b"fox", r"at least two classes, each with a name of its own, got 1 names"),
        (b"fox\ndress\nfox", r"at least two classes, each with a name of its own, got 'fox' twice"),
    ],
)
def test_names_that_are_none(holiday, tmp_path, content, said):
    if content is not None:
        (tmp_path / "names.txt").write_bytes(content)
    with pytest.raises(AdvspaceError, match=said):
        _ = Folder(root=str(holiday), names=str(tmp_path / "names.txt")).classes


def test_empty_folder(tmp_path):
    with pytest.raises(AdvspaceError, match=r"there is no picture in .*; put some there or name another folder"):
        Folder(root=str(tmp_path)).split("test")
    (tmp_path / "photo.HEIC").write_text("not read")
    with pytest.raises(AdvspaceError, match=r"no picture in .*, only files with the suffix .heic \(1\); put"):
        Folder(root=str(tmp_path)).split("test")


def test_files_left_out_by_their_suffix_are_said(plant, tmp_path):
    names = ("a.JPG", "b.jfif", "c.jpe", "d.apng", "e.pnm")
    plant(tmp_path, dict.fromkeys((f"{name}.png" for name in names), "red"))
    for name in names:
        (tmp_path / f"{name}.png").rename(tmp_path / name)
    for name in ("f", "g.heic", "h.HEIC", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    with pytest.warns(AdvspaceWarning, match=r"are left out .* suffix, .heic \(2\), none \(1\); only .apng"):
        split = Folder(root=str(tmp_path)).split("test")
    assert split.ids == ["a", "b", "c", "d", "e"]
