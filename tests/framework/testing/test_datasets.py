"""Each clause of the dataset contract fails on a dataset that breaks it."""

import random

import numpy as np
import pytest
import torch

from advspace import Dataset, LabelledImage, Split
from advspace.dataset.contract import Batch
from advspace.testing import check_dataset


class SoundSplit(Split):
    """Twenty images, each a function of its number."""

    def __init__(self, name):
        self.name = name

    @property
    def ids(self):
        return [f"{self.name}-{number}" for number in range(20)]

    def __getitem__(self, index):
        image = torch.rand(3, 4, 5, generator=torch.Generator().manual_seed(index))
        return LabelledImage(f"{self.name}-{index}", image, index % 3)


class Sound(Dataset):
    shape = (3, 4, 5)
    classes = ("cat", "dog", "eel")

    def split(self, name):
        return SoundSplit(name)


def dataset(**attributes):
    return type("Broken", (Sound,), attributes)()


def splitting(**attributes):
    """A dataset of another split."""
    kind = type("OtherSplit", (SoundSplit,), attributes)
    return dataset(split=lambda self, name: kind(name))


def rows(change):
    """A dataset whose images are changed: image -> image, label or id."""
    return splitting(__getitem__=lambda self, index: change(SoundSplit.__getitem__(self, index)))


def batches(change):
    return splitting(__getitems__=lambda self, places: change(SoundSplit.__getitems__(self, places)))


def numpy_drawn(row):
    np.random.rand()
    return row


BROKEN = {
    "shape": (dataset(shape=[3, 4, 5]), r"have a shape of channels, height and width, got \[3, 4, 5\]"),
    "classes": (dataset(classes=("cat", "cat", "eel")), r"name two classes or more, each by a different text"),
    "one class": (dataset(classes=("cat",)), r"name two classes or more"),
    "no train split": (
        dataset(split=lambda self, name: {"test": SoundSplit(name)}[name]),
        r"have a train split, got KeyE",
    ),
    "a list": (dataset(split=lambda self, name: [SoundSplit(name)[0]]), r"give its train split as an advspace.Split"),
    "empty": (splitting(ids=[]), r"have images in its train split"),
    "ids": (splitting(ids=20 * ["one"]), r"give every image of its train split a unique text as id"),
    "order": (
        splitting(ids=property(lambda self: random.sample([f"{n}" for n in range(20)], 20))),
        r"give the ids of its train split in the same order every time",
    ),
    "unreadable": (rows(lambda row: 1 / 0), r"read image train-0, got ZeroDivisionError"),
    "id": (rows(lambda row: row._replace(id="x")), r"give an image the id that is listed in its split, got x"),
    "size": (
        rows(lambda row: row._replace(image=row.image[:, :3])),
        r"give an image of shape \[3, 4, 5\], got \[3, 3, 5\]",
    ),
    "bytes": (rows(lambda row: row._replace(image=(255 * row.image).byte())), r"give an image as torch.float32"),
    "box": (rows(lambda row: row._replace(image=255 * row.image)), r"keep pixels in the box \[0, 1\], got others in"),
    "label": (rows(lambda row: row._replace(label=3)), r"give an int as label: .*, got 3"),
    "label tensor": (
        rows(lambda row: row._replace(label=torch.tensor(1))),
        r"give an int as label: .*, got tensor\(1\)",
    ),
    "augmented": (
        rows(lambda row: row._replace(image=row.image * random.uniform(0.5, 1))),
        r"give the same image and label every time, got others for image train-0",
    ),
    "batch order": (
        batches(lambda batch: Batch(batch.ids[::-1], batch.image, batch.label)),
        r"give a batch the ids that were asked for",
    ),
    "batch": (
        batches(lambda batch: batch._replace(image=batch.image.flip(0))),
        r"give the same images and labels in a batch as one by one",
    ),
    "batch labels": (
        batches(lambda batch: batch._replace(label=batch.label.int())),
        r"give the labels of a batch as int64",
    ),
    "global numbers": (rows(numpy_drawn), r"leave the global random numbers of numpy alone"),
    "prepared": (dataset(prepared=lambda self, wanted: None), r"stay a dataset when prepared, got NoneType"),
    "prepared shape": (
        dataset(prepared=lambda self, wanted: dataset(shape=(3, wanted.height, wanted.width))),
        r"give prepared images of its own shape, got \[3, 4, 5\]",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(breaks, name):
    breaks(check_dataset, *BROKEN[name])


def test_the_sound_one_passes():
    """So does one that has images to test only."""
    check_dataset(Sound(), installed=False)
    check_dataset(BROKEN["no train split"][0], splits=("test",), installed=False)
