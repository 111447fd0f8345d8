"""Picture files are read when asked for; broken ones are refused or skipped."""

import pytest

from advspace import AdvspaceError
from advspace.dataset.contract import fingerprint
from advspace.errors import AdvspaceWarning
from advspace_plugins.dataset.pictures.decode import read_picture
from advspace_plugins.dataset.pictures.imagenet import ImageNet

TINY = {"size": 4}


def test_pictures_are_read_when_asked_for(tree, monkeypatch):
    read = []
    monkeypatch.setattr(
        "advspace_plugins.dataset.pictures.pictures.read_picture",
        lambda path: read.append(path.stem) or read_picture(path),
    )
    split = ImageNet(root=str(tree), **TINY).split("test")
    assert read == []
    split.__getitems__([3, 1])
    assert read == ["picture_3", "picture_1"]


def test_broken_pictures_are_refused(broken):
    split = ImageNet(root=str(broken), **TINY).split("test")
    with pytest.raises(
        AdvspaceError, match=r"picture_1.png cannot be read \(it is empty\); repair .* dataset.broken=skip"
    ):
        split.__getitems__([0, 1])
    with pytest.raises(AdvspaceError, match=r"n02667093/picture_0.png cannot be read \(.+\); repair or remove it"):
        split[4]
    with pytest.raises(AdvspaceError, match="cannot be read"):
        fingerprint(split)


def test_broken_pictures_are_skipped_with_a_warning(broken):
    split = ImageNet(root=str(broken), broken="skip", **TINY).split("test")
    with pytest.warns(AdvspaceWarning, match=r"picture_1.png cannot be read \(it is empty\); it is left out"):
        batch = split.__getitems__([0, 1, 2])
    assert batch.ids == ["n02119789/picture_0", "n02119789/picture_2"]
    assert batch.image.shape == (2, 3, 4, 4)
    with pytest.warns(AdvspaceWarning):
        assert split.__getitems__([1]).image.shape == (0, 3, 4, 4)
