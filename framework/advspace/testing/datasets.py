"""The contract of a dataset, clause by clause."""

from collections.abc import Sequence
from typing import Any

import torch

from advspace.box import inside
from advspace.dataset.contract import UNLABELLED, Dataset, Split, SplitName
from advspace.dataset.preparation import Preparation
from advspace.testing.clauses import Subject
from advspace.testing.installation import check_settings
from advspace.testing.randomness import own_randomness

TRIED = 16
"""Number of images read from each split, evenly spaced."""
PREPARATION = Preparation(24, 20)


def check_dataset(dataset: Dataset, *, splits: Sequence[SplitName] = ("train", "test"), installed: bool = True) -> None:
    """Test a dataset against its contract.

    Args:
        dataset: The dataset; its files must exist.
        splits: The existing splits of the dataset.
        installed: Whether the class must have an entry point, as for `dataset=<name>` on the command line.

    Raises:
        ContractError: a clause is broken; the message names it.
    """
    subject = Subject("dataset", dataset)
    check_settings(subject, named=installed)
    with own_randomness(subject, "the order of its images is fixed"):
        _classes(subject)
        for name in splits:
            _split(subject, name)
        _prepared(subject, splits[-1])


def _classes(subject: Subject) -> None:
    shape, classes = subject.plugin.shape, subject.plugin.classes
    whole = isinstance(shape, tuple) and len(shape) == 3 and all(isinstance(side, int) and side > 0 for side in shape)
    subject.must("have a shape of channels, height and width", whole, shape)
    named = all(isinstance(name, str) and name for name in classes) and len(set(classes)) == len(classes)
    subject.must("name two classes or more, each by a different text", named and len(classes) > 1, list(classes)[:20])


def _split(subject: Subject, name: SplitName) -> None:
    split, again = (subject.asked(f"have a {name} split", lambda: subject.plugin.split(name)) for _ in range(2))
    subject.must(f"give its {name} split as an advspace.Split", isinstance(split, Split), type(split).__name__)
    ids = list(split.ids)
    subject.must(f"have images in its {name} split", len(split) > 0)
    subject.must(
        f"give every image of its {name} split a unique text as id",
        len(ids) == len(split) == len(set(ids)) and all(isinstance(id_, str) for id_ in ids),
    )
    subject.must(f"give the ids of its {name} split in the same order every time", ids == list(again.ids))
    indices = sorted({index * (len(split) - 1) // (TRIED - 1) for index in range(TRIED)})
    for index in indices:
        _image(subject, split, again, index)
    _batch(subject, split, indices)


def _image(subject: Subject, split: Any, again: Any, index: int) -> None:
    row = subject.asked(f"read image {split.ids[index]}", lambda: split[index])
    subject.must("give an image the id that is listed in its split", row.id == split.ids[index], row.id)
    subject.tensor("an image", row.image, torch.empty(0), subject.plugin.shape)
    subject.must("keep pixels in the box [0, 1]", inside(row.image[None]).all(), f"others in image {row.id}")
    valid = isinstance(row.label, int) and (0 <= row.label < len(subject.plugin.classes) or row.label == UNLABELLED)
    subject.must("give an int as label: the number of a class, or UNLABELLED", valid, repr(row.label))
    other = again[index]
    same = torch.equal(row.image, other.image) and row.label == other.label
    subject.must("give the same image and label every time", same, f"others for image {row.id}")


def _batch(subject: Subject, split: Any, indices: list[int]) -> None:
    batch = subject.asked("read several images at once", lambda: split.__getitems__(indices))
    single = {row.id: row for row in (split[index] for index in indices)}
    subject.must("give a batch the ids that were asked for", list(batch.ids) == list(single), list(batch.ids))
    same = all(
        torch.equal(image, single[id_].image) and int(label) == single[id_].label
        for id_, image, label in zip(batch.ids, batch.image, batch.label, strict=True)
    )
    subject.must("give the same images and labels in a batch as one by one", same)
    kind = batch.label.dtype
    subject.must("give the labels of a batch as int64", kind == torch.int64, kind)


def _prepared(subject: Subject, name: SplitName) -> None:
    """A dataset prepared for a model has the new size, or stays as it is."""
    prepared = subject.asked("take a preparation", lambda: subject.plugin.prepared(PREPARATION))
    subject.must("stay a dataset when prepared", isinstance(prepared, Dataset), type(prepared).__name__)
    image = prepared.split(name)[0].image
    subject.must("give prepared images of its own shape", tuple(image.shape) == prepared.shape, list(image.shape))
