"""Trees of pictures: their ids, their order, links, hidden files."""

import os

import pytest

from advspace.errors import AdvspaceWarning
from advspace_plugins.dataset.pictures.imagenet import ImageNet
from advspace_plugins.dataset.pictures.tree import picture_ids


def test_order_of_the_file_system_does_not_matter(tree, monkeypatch):
    walk = os.walk

    def backwards(top, **options):
        for folder, inner, files in walk(top, **options):
            yield folder, inner[::-1], files[::-1]

    dataset = ImageNet(root=str(tree), per_class=2, limit=5)
    ids = dataset.split("test").ids
    monkeypatch.setattr(os, "walk", backwards)
    assert dataset.split("test").ids == ids == sorted(ids)
    assert len(ids) == 5


def test_ids_stay_apart(plant, tmp_path):
    """Pictures that differ in the suffix only keep it; bytes that are no UTF-8 become text; hidden files are none."""
    root = plant(tmp_path, dict.fromkeys((f"n02119789/{name}" for name in ("a.png", "a.bmp", "b.c.png")), "red"))
    (root / "n02119789" / "a.png").rename(os.fsdecode(os.fsencode(root) + b"/n02119789/a\xff.png"))
    plant(root, {"n02119789/a.png": "red", "n02119789/.hidden.png": "red", ".thumbnails/x.png": "red"})
    (root / "n02119789" / "notes.txt").write_text("no picture")
    with pytest.warns(AdvspaceWarning, match=r"dataset.root: files in .* left out .* suffix, .txt \(1\); only"):
        ids = ImageNet(root=str(root)).split("test").ids
    assert ids == ["n02119789/a.bmp", "n02119789/a.png", "n02119789/a\\xff", "n02119789/b.c"]


def test_links_are_followed_once(tree, tmp_path):
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "n02119789").symlink_to(tree / "n02119789")
    (tree / "n02119789" / "loop").symlink_to(tree / "n02119789")
    assert len(ImageNet(root=str(tmp_path / "links")).split("test")) == 4


def test_names_that_are_no_utf8_have_ids_of_their_own(tmp_path):
    names = [b"caf\xe9.png", rb"caf\xe9.png", "café.png".encode()]
    paths = [tmp_path / os.fsdecode(name) for name in names]
    assert picture_ids(paths, tmp_path) == [r"caf\xe9", r"caf\\xe9", "café"]
